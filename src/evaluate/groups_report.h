// The report of `likeness evaluate groups`: do errors meet some more than others?
//
// Each group is evaluated by itself: pictures of its people are compared with each other. People within one group
// resemble each other more than people at large, so these rates are higher than those of everybody against everybody.
//
// Thread rule: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "evaluate/subject.h"
#include "evaluate/verification.h"

namespace likeness::evaluate {

struct GroupResult {
  std::string name;
  std::size_t people = 0;
  std::size_t pictures = 0;
  Proportion without_face = {};
  AtSimilarity at_80 = {};
  AtSimilarity at_99 = {};
  bool is_small = false;  // too small for a statement: fewer than 30 people, or 100 comparisons of one person
};

struct GroupsResult {
  Subject subject;
  PictureCounts counts;
  std::vector<GroupResult> groups;  // by name
};

[[nodiscard]] GroupsResult evaluate_groups(const std::vector<EmbeddedPicture>& pictures,
                                           const embed::Calibration& calibration, std::size_t threads);
[[nodiscard]] std::string groups_json(const GroupsResult& result);
[[nodiscard]] std::string groups_html(const GroupsResult& result);
[[nodiscard]] std::vector<std::string> groups_advice(const GroupsResult& result);

}  // namespace likeness::evaluate

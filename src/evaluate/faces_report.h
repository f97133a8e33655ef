// The report of `likeness evaluate faces`: one to one.
//
// Thread rule: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "evaluate/subject.h"
#include "evaluate/verification.h"

namespace likeness::evaluate {

struct FacesResult {
  Subject subject;
  PictureCounts counts;
  Comparisons comparisons;
  std::vector<double> fold_accuracies;  // empty: too few people
  bool pairs_were_given = false;        // else they were drawn
  std::vector<TrueMatchRate> rates;
  std::vector<AtSimilarity> at;
};

// The false-match rates and Similarities that every report has.
[[nodiscard]] FacesResult evaluate_faces(const std::vector<EmbeddedPicture>& pictures,
                                         const std::vector<LabelledPair>& pairs, const IgnoredPairs& ignored,
                                         const embed::Calibration& calibration, std::size_t threads);

[[nodiscard]] std::string faces_json(const FacesResult& result);
[[nodiscard]] std::string faces_html(const FacesResult& result, const embed::Calibration& calibration);
// What it means, in sentences for somebody without a statistics course.
[[nodiscard]] std::vector<std::string> faces_advice(const FacesResult& result);

}  // namespace likeness::evaluate

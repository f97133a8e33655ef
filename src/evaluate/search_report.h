// The report of `likeness evaluate search`: one to many, with strangers.
//
// Thread rule: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "evaluate/identification.h"
#include "evaluate/subject.h"

namespace likeness::evaluate {

struct SearchResult {
  Subject subject;
  PictureCounts counts;
  Identification identification;
};

// At the Similarities 80, 90, 95 and 99.
[[nodiscard]] SearchResult evaluate_search(const std::vector<EmbeddedPicture>& pictures, const IgnoredPairs& ignored,
                                           const embed::Calibration& calibration, std::size_t threads);
[[nodiscard]] std::string search_json(const SearchResult& result);
[[nodiscard]] std::string search_html(const SearchResult& result);
[[nodiscard]] std::vector<std::string> search_advice(const SearchResult& result);

}  // namespace likeness::evaluate

#include "api/explain_similarity.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "evaluate/html_page.h"

namespace likeness::api {

namespace {

// Two digits that count: 500,000; 23; 0.012.
std::string rounded(double number) {
  constexpr double largest = 1e18;  // more strangers than anybody has
  if (!(number > 0)) return "0";
  const double unit = std::pow(10, std::floor(std::log10(number)) - 1);
  const double value = std::min(largest, std::round(number / unit) * unit);
  if (value < 10) return evaluate::significant(value, 2);
  return evaluate::with_commas(static_cast<std::uint64_t>(std::llround(value)));
}

std::string in_words(const wire::ExplainSimilarityResponse& response, float similarity, double comparisons) {
  const std::string shown = evaluate::significant(static_cast<double>(similarity), 6);
  std::string text =
      "About 1 in " + rounded(*response.one_in_strangers) + " strangers would reach Similarity " + shown + ".";
  if (comparisons > 1) {
    text += " In a search among " + rounded(comparisons) + " faces of other people expect " +
            rounded(*response.expected_false_matches) + " such matches.";
  }
  if (*response.extrapolated) text += " No measurement reaches so far: this is what the measured rates continue to.";
  return text +
         " It holds for photographs that are as sharp as people take them, of people who are not related and do "
         "not look alike for another reason; it says nothing of a single face.";
}

}  // namespace

Result<wire::ExplainSimilarityResponse> explain_similarity(const wire::ExplainSimilarityRequest& request,
                                                           const Services& services, const Caller& /*caller*/) {
  const embed::Embedder& embedder = services.analyzer.embedder();
  const embed::Calibration& calibration = embedder.calibration();
  const float similarity = *request.similarity;
  const double rate = calibration.false_match_rate(similarity);
  const auto comparisons = static_cast<double>(request.comparisons.value_or(1));
  wire::ExplainSimilarityResponse response;
  response.false_match_rate = rate;
  response.one_in_strangers = 1 / rate;
  response.expected_false_matches = rate * comparisons;
  response.extrapolated = similarity > calibration.highest_measured();
  response.face_model_version = embedder.face_model_version();
  response.statement = in_words(response, similarity, comparisons);
  return response;
}

}  // namespace likeness::api

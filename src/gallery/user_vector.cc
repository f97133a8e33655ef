#include "gallery/user_vector.h"

#include <cmath>
#include <cstddef>
#include <numeric>

namespace likeness::gallery {

std::optional<std::vector<float>> user_vector(const std::vector<std::vector<float>>& embeddings) {
  if (embeddings.empty()) return std::nullopt;
  std::vector<double> sum(embeddings.front().size());
  for (const std::vector<float>& embedding : embeddings) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += embedding[i];
  }
  const double norm = std::sqrt(std::inner_product(sum.begin(), sum.end(), sum.begin(), 0.0));
  constexpr double least_norm = 1e-6;  // of what float can still tell from nothing
  if (norm < least_norm) return std::nullopt;
  std::vector<float> average(sum.size());
  for (std::size_t i = 0; i < sum.size(); ++i) average[i] = static_cast<float>(sum[i] / norm);
  return average;
}

}  // namespace likeness::gallery

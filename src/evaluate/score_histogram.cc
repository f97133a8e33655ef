#include "evaluate/score_histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace likeness::evaluate {

std::size_t ScoreHistogram::bin_of(float cosine) {
  const float inside = cosine > -1 ? std::min(cosine, 1.0F) : -1.0F;  // NaN fails the comparison
  return static_cast<std::size_t>(std::lround(inside * steps_of_one) + steps_of_one);
}

float ScoreHistogram::cosine_of(std::size_t bin) {
  return (static_cast<float>(bin) - static_cast<float>(steps_of_one)) / static_cast<float>(steps_of_one);
}

void ScoreHistogram::add(float cosine) {
  ++counts_[bin_of(cosine)];
  ++size_;
}

void ScoreHistogram::add(const ScoreHistogram& other) {
  for (std::size_t i = 0; i < bins; ++i) counts_[i] += other.counts_[i];
  size_ += other.size_;
}

std::uint64_t ScoreHistogram::at_or_above(float cosine) const {
  if (cosine > 1) return 0;
  return std::accumulate(counts_.begin() + static_cast<std::ptrdiff_t>(bin_of(cosine)), counts_.end(),
                         std::uint64_t{0});
}

float ScoreHistogram::least_cosine_reached_by(std::uint64_t most) const {
  std::uint64_t reached = 0;
  std::size_t bin = bins;
  while (bin > 0 && reached + counts_[bin - 1] <= most) reached += counts_[--bin];
  return cosine_of(bin);
}

float ScoreHistogram::smallest() const {
  const auto first = std::find_if(counts_.begin(), counts_.end(), [](std::uint64_t count) { return count > 0; });
  return cosine_of(static_cast<std::size_t>(first - counts_.begin()));
}

float ScoreHistogram::largest() const {
  const auto last = std::find_if(counts_.rbegin(), counts_.rend(), [](std::uint64_t count) { return count > 0; });
  return cosine_of(static_cast<std::size_t>(counts_.rend() - last) - 1);
}

}  // namespace likeness::evaluate

// Cosines of very many comparisons, counted by value: what rates and curves are read from, in memory that does not grow
// with the comparisons.
//
// Thread rule: thread-compatible; threads count into histograms of their own, which are added up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace likeness::evaluate {

class ScoreHistogram {
 public:
  // Cosines from -1 to 1 in steps of 1/16384: a threshold is off by at most that, far below what a calibration says.
  static constexpr int steps_of_one = 16'384;
  static constexpr std::size_t bins = 2 * steps_of_one + 1;

  ScoreHistogram() : counts_(bins) {}

  // Cosines outside [-1, 1] by rounding, and NaN, count as the nearest of them, and -1.
  void add(float cosine);
  void add(const ScoreHistogram& other);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Of those that were added: how many reach this cosine, rounded to a step.
  [[nodiscard]] std::uint64_t at_or_above(float cosine) const;
  // The least step that at most `most` of them reach; above 1 if even 1 is reached by more.
  [[nodiscard]] float least_cosine_reached_by(std::uint64_t most) const;
  // The smallest and the largest that was added, rounded to steps. Precondition: size() > 0.
  [[nodiscard]] float smallest() const;
  [[nodiscard]] float largest() const;

 private:
  [[nodiscard]] static std::size_t bin_of(float cosine);
  [[nodiscard]] static float cosine_of(std::size_t bin);

  std::vector<std::uint64_t> counts_;
  std::uint64_t size_ = 0;
};

}  // namespace likeness::evaluate

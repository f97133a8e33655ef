// A share that was counted, and how far it can be trusted.
//
// Thread rule: values and free functions.
#pragma once

#include <cstdint>

namespace likeness::evaluate {

struct Proportion {
  std::uint64_t count = 0;
  std::uint64_t of = 0;

  // 0 if nothing was counted.
  [[nodiscard]] double value() const { return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of); }
};

struct Interval {
  double low = 0;
  double high = 1;
};

// Between which shares the true one lies with 95 % confidence, if every trial is independent of the others: the score
// interval of E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927, with z =
// 1.959964. Comparisons of the same pictures with many others are not quite independent, so the truth is a little
// wider.
[[nodiscard]] Interval wilson_interval(const Proportion& share);

}  // namespace likeness::evaluate

#include "evaluate/proportion.h"

#include <algorithm>
#include <cmath>

namespace likeness::evaluate {

Interval wilson_interval(const Proportion& share) {
  if (share.of == 0) return {};
  constexpr double z = 1.959964;
  const auto n = static_cast<double>(share.of);
  const double p = share.value();
  const double centre = p + z * z / (2 * n);
  const double spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return {std::max(0.0, (centre - spread) / scale), std::min(1.0, (centre + spread) / scale)};
}

}  // namespace likeness::evaluate

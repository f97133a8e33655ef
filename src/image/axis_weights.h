// Which source pixels make up an output pixel along one axis, and with which weights. The rule is in resize.h.
//
// Thread rule: a plain value.
#pragma once

#include <span>
#include <vector>

namespace likeness {

// Output pixel i is the sum over k < taps of source pixel first[i] + k times weights[i * taps + k]. The weights of a
// pixel sum to 1, and first[i] + taps never passes the end of the source, so loops need no bounds of their own.
struct AxisWeights {
  int taps = 0;
  std::vector<int> first;
  std::vector<float> weights;

  [[nodiscard]] int size() const { return static_cast<int>(first.size()); }
  [[nodiscard]] std::span<const float> of(int i) const {
    const auto n = static_cast<std::size_t>(taps);
    return std::span(weights).subspan(static_cast<std::size_t>(i) * n, n);
  }
};

// For `count` output pixels from `source` pixels, `factor` source pixels each. Precondition: all above 0, and the last
// output pixel begins inside the source.
[[nodiscard]] AxisWeights make_axis_weights(int source, int count, double factor);

}  // namespace likeness

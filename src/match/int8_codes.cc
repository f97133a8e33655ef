#include "match/int8_codes.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace likeness::match {

float encode(std::span<const float> vector, std::span<Code> codes) {
  assert(codes.size() == code_row_bytes(vector.size()));
  constexpr float largest_code = 127;
  float largest = 0;
  for (const float value : vector) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  std::fill(codes.begin(), codes.end(), Code{0});
  if (largest == 0) return 0;
  const float scale = largest_code / largest;
  if (!std::isfinite(scale)) return 0;  // so small that nothing can be divided by it: as good as zeros
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (!std::isfinite(vector[i])) continue;
    codes[i] = static_cast<Code>(std::clamp(std::lround(vector[i] * scale), -127L, 127L));
  }
  return largest / largest_code;
}

}  // namespace likeness::match

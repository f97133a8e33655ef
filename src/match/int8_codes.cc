#include "match/int8_codes.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace likeness::match {

namespace {

void put_level(std::span<std::uint8_t> levels, std::size_t component, float rest) {
  const auto level = static_cast<unsigned>(std::clamp((rest + 0.5F) * 4, 0.0F, 3.0F));
  std::uint8_t& byte = levels[component / 64 * 16 + component % 16];
  byte = static_cast<std::uint8_t>(byte | level << (component % 64 / 16 * 2));
}

// `levels` may be empty.
template <typename Number>
float encode_to(std::span<const float> vector, std::span<Number> codes, int largest_of_codes,
                std::span<std::uint8_t> levels) {
  assert(codes.size() == code_row_bytes(vector.size()));
  const auto most = static_cast<float>(largest_of_codes);
  float largest = 0;
  for (const float value : vector) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  std::fill(codes.begin(), codes.end(), Number{0});
  std::fill(levels.begin(), levels.end(), std::uint8_t{0});
  if (largest == 0) return 0;
  const float scale = most / largest;
  if (!std::isfinite(scale)) return 0;  // so small that nothing can be divided by it: as good as zeros
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (!std::isfinite(vector[i])) continue;
    // To the nearest, halves away from zero. Not std::lround: a call for each component took half of a start's time.
    const float scaled = std::clamp(vector[i] * scale, -most, most);
    codes[i] = static_cast<Number>(scaled + (scaled < 0 ? -0.5F : 0.5F));
    if (!levels.empty()) put_level(levels, i, scaled - static_cast<float>(codes[i]));
  }
  return largest / most;
}

}  // namespace

float encode(std::span<const float> vector, std::span<Code> codes) {
  return encode_to(vector, codes, largest_code, {});
}

float encode_row(std::span<const float> vector, std::span<Code> codes, std::span<std::uint8_t> levels) {
  assert(levels.size() == level_bytes(codes.size()));
  return encode_to(vector, codes, largest_code, levels);
}

float encode_fine(std::span<const float> vector, std::span<FineCode> codes) {
  return encode_to(vector, codes, largest_fine_code, {});
}

}  // namespace likeness::match

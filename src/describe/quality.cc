#include "describe/quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace likeness::describe {
namespace {

constexpr int side = FaceChip::side;
// Puts the median of LFW near 85 and what recognition begins to suffer from, a blur of 2 % of the width, near 30.
constexpr double ratio_scale = 0.4;

struct LumaPlane {
  std::array<float, static_cast<std::size_t>(side) * side> values;
  [[nodiscard]] float at(int x, int y) const { return values[static_cast<std::size_t>(y * side + x)]; }
};

LumaPlane luma_plane(const Image& chip) {
  LumaPlane plane;
  std::size_t i = 0;
  for (int y = 0; y < side; ++y) {
    const std::uint8_t* row = chip.row(y);
    for (int x = 0; x < side; ++x) plane.values[i++] = luma(row + static_cast<std::ptrdiff_t>(x) * Image::channels);
  }
  return plane;
}

// Whether a pixel and its four neighbours lie in the circle.
bool in_circle(int x, int y) {
  const int dx = 2 * x + 1 - side;
  const int dy = 2 * y + 1 - side;
  return dx * dx + dy * dy <= (side - 4) * (side - 4);
}

}  // namespace

Quality measure_quality(const FaceChip& chip) {
  const LumaPlane plane = luma_plane(chip.pixels());
  double count = 0;
  double sum = 0;
  double squares = 0;
  double laplacian = 0;
  for (int y = 1; y < side - 1; ++y) {
    for (int x = 1; x < side - 1; ++x) {
      if (!in_circle(x, y) || !chip.shows_picture(x, y)) continue;
      const double v = plane.at(x, y);
      const double l = 4 * v - static_cast<double>(plane.at(x - 1, y) + plane.at(x + 1, y) + plane.at(x, y - 1) +
                                                   plane.at(x, y + 1));
      count += 1;
      sum += v;
      squares += v * v;
      laplacian += l * l;
    }
  }
  if (count == 0) return {};
  const double mean = sum / count;
  const double variance = squares / count - mean * mean;
  const double ratio = variance > 1e-6 ? laplacian / count / variance : 0;
  return {.brightness = static_cast<float>(std::clamp(mean * 100 / 255, 0.0, 100.0)),
          .sharpness = static_cast<float>(100 * (1 - std::exp(-ratio / (ratio_scale * ratio_scale))))};
}

}  // namespace likeness::describe

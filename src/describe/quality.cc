#include "describe/quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace likeness::describe {
namespace {

constexpr int side = FaceChip::side;
// Pixels of the chip between the points of a second difference: finer detail is lost in small faces, coarser detail
// stays in blurred ones. Of 1, 2 and 3, tried once, it said most about how alike strangers look; what it is worth now
// is measured by bench/quality_eval.
constexpr int step = 2;
// Puts the median of LFW near 80 and a blur of 2 % of the width at 50.
constexpr double ratio_scale = 0.5;

// A direction, and the median of its ratio on LFW's development folds: eyes and mouth lie across the face.
struct Direction {
  int dx;
  int dy;
  double usual_ratio;
};
constexpr std::array<Direction, 4> directions = {{{1, 0, 0.53}, {0, 1, 0.54}, {1, 1, 1.0}, {1, -1, 1.0}}};

struct LumaPlane {
  std::array<float, static_cast<std::size_t>(side) * side> values;
  std::array<bool, static_cast<std::size_t>(side) * side> counts;  // in the circle, and shows the picture
  [[nodiscard]] static std::size_t index(int x, int y) {
    return static_cast<std::size_t>(y) * std::size_t{side} + static_cast<std::size_t>(x);
  }
  [[nodiscard]] float at(int x, int y) const { return values[index(x, y)]; }
  [[nodiscard]] bool is_seen(int x, int y) const { return counts[index(x, y)]; }
};

// Whether a pixel lies in the circle, which keeps two pixels from the edge of the chip.
bool in_circle(int x, int y) {
  const int dx = 2 * x + 1 - side;
  const int dy = 2 * y + 1 - side;
  return dx * dx + dy * dy <= (side - 2 * step) * (side - 2 * step);
}

LumaPlane luma_plane(const FaceChip& chip) {
  LumaPlane plane;
  for (int y = 0; y < side; ++y) {
    const std::uint8_t* row = chip.pixels().row(y);
    for (int x = 0; x < side; ++x) {
      plane.values[LumaPlane::index(x, y)] = luma(row + static_cast<std::ptrdiff_t>(x) * Image::channels);
      plane.counts[LumaPlane::index(x, y)] = in_circle(x, y) && chip.shows_picture(x, y);
    }
  }
  return plane;
}

struct Mean {
  double sum = 0;
  double count = 0;
  void add(double value) {
    sum += value;
    count += 1;
  }
  [[nodiscard]] double value() const { return count > 0 ? sum / count : 0; }
};

// Calls `visit(x, y)` for each pixel that is seen. None lies within `step` of the edge.
template <typename Visit>
void for_each_seen(const LumaPlane& plane, const Visit& visit) {
  for (int y = step; y < side - step; ++y) {
    for (int x = step; x < side - step; ++x) {
      if (plane.is_seen(x, y)) visit(x, y);
    }
  }
}

// The variance of the noise (Immerkaer).
double noise_variance(const LumaPlane& plane) {
  constexpr int mask[3][3] = {{1, -2, 1}, {-2, 4, -2}, {1, -2, 1}};
  Mean response;
  for_each_seen(plane, [&](int x, int y) {
    float sum = 0;
    bool all_seen = true;
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        sum += static_cast<float>(mask[dy + 1][dx + 1]) * plane.at(x + dx, y + dy);
        all_seen = all_seen && plane.is_seen(x + dx, y + dy);
      }
    }
    if (all_seen) response.add(std::abs(static_cast<double>(sum)));
  });
  const double deviation = std::sqrt(std::numbers::pi / 2) / 6 * response.value();
  return deviation * deviation;
}

// The mean square of the second difference in one direction.
double detail(const LumaPlane& plane, const Direction& direction) {
  const int dx = direction.dx * step;
  const int dy = direction.dy * step;
  Mean squares;
  for_each_seen(plane, [&](int x, int y) {
    if (!plane.is_seen(x + dx, y + dy) || !plane.is_seen(x - dx, y - dy)) return;
    const float difference = 2 * plane.at(x, y) - plane.at(x + dx, y + dy) - plane.at(x - dx, y - dy);
    squares.add(static_cast<double>(difference) * static_cast<double>(difference));
  });
  return squares.value();
}

double sharpness_of(const LumaPlane& plane, double variance) {
  const double noise = noise_variance(plane);
  const double signal = variance - noise;
  if (signal <= 1e-6) return 0;
  constexpr double noise_gain = 6;  // of a second difference: 2^2 + 1 + 1
  double least = std::numeric_limits<double>::infinity();
  for (const Direction& direction : directions) {
    const double ratio = std::max(0.0, detail(plane, direction) - noise_gain * noise) / signal;
    least = std::min(least, ratio / direction.usual_ratio);
  }
  return 100 * (1 - std::exp(-least / ratio_scale));
}

}  // namespace

Quality measure_quality(const FaceChip& chip) {
  const LumaPlane plane = luma_plane(chip);
  Mean mean;
  Mean squares;
  for_each_seen(plane, [&](int x, int y) {
    const auto value = static_cast<double>(plane.at(x, y));
    mean.add(value);
    squares.add(value * value);
  });
  if (mean.count == 0) return {};
  const double variance = squares.value() - mean.value() * mean.value();
  return {.brightness = static_cast<float>(std::clamp(mean.value() * 100 / 255, 0.0, 100.0)),
          .sharpness = static_cast<float>(sharpness_of(plane, variance))};
}

}  // namespace likeness::describe

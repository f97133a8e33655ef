// The rule of resize.h, word for word and one pixel at a time. Tests only.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "image/image.h"

namespace likeness::naive {

// The weight of every source pixel (0 for most) in output pixel i.
inline std::vector<double> axis_weights(int source, double factor, int i) {
  std::vector<double> weights(static_cast<std::size_t>(source), 0.0);
  if (factor > 1) {
    const double begin = i * factor;
    const double end = std::min(begin + factor, static_cast<double>(source));
    for (int pixel = 0; pixel < source; ++pixel) {
      const double covered = std::min(end, pixel + 1.0) - std::max(begin, static_cast<double>(pixel));
      weights[static_cast<std::size_t>(pixel)] = std::max(0.0, covered) / (end - begin);
    }
  } else {
    const double centre = std::clamp((i + 0.5) * factor - 0.5, 0.0, source - 1.0);
    for (int pixel = 0; pixel < source; ++pixel) {
      weights[static_cast<std::size_t>(pixel)] = std::max(0.0, 1.0 - std::abs(centre - pixel));
    }
  }
  return weights;
}

// The value of channel c of output pixel (x, y), 0..255, not rounded.
inline double resized(const Image& src, double factor_x, double factor_y, int x, int y, int c) {
  const std::vector<double> across = axis_weights(src.width(), factor_x, x);
  const std::vector<double> down = axis_weights(src.height(), factor_y, y);
  double sum = 0;
  for (int sy = 0; sy < src.height(); ++sy) {
    if (down[static_cast<std::size_t>(sy)] == 0) continue;
    for (int sx = 0; sx < src.width(); ++sx) {
      sum += down[static_cast<std::size_t>(sy)] * across[static_cast<std::size_t>(sx)] * src.row(sy)[sx * 3 + c];
    }
  }
  return sum;
}

}  // namespace likeness::naive

// The rule of warp.h, word for word and one pixel at a time. Tests only.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "image/image.h"

namespace likeness::naive {

// Channel c of the pixel (x, y), 0 outside the picture.
inline double pixel_or_black(const Image& src, int x, int y, int c) {
  if (x < 0 || y < 0 || x >= src.width() || y >= src.height()) return 0;
  return src.row(y)[x * 3 + c];
}

// The mean of the k x k pixels of block (bx, by), rounded to nearest; the pixel itself for k = 1.
inline double block_mean(const Image& src, int k, int bx, int by, int c) {
  double sum = 0;
  for (int y = by * k; y < (by + 1) * k; ++y) {
    for (int x = bx * k; x < (bx + 1) * k; ++x) sum += pixel_or_black(src, x, y, c);
  }
  return std::floor(sum / (k * k) + 0.5);
}

// The value of channel c of output pixel (x, y), 0..255, not rounded.
inline double warped(const Image& src, const Affine& to_source, int x, int y, int c) {
  const auto m = [&to_source](int i) { return static_cast<double>(to_source.m[i]); };
  const double s = std::sqrt(std::abs(m(0) * m(4) - m(1) * m(3)));
  const int k = s >= 2 ? std::min(static_cast<int>(s), std::max(src.width(), src.height())) : 1;
  const double sx = (m(0) * (x + 0.5) + m(1) * (y + 0.5) + m(2)) / k - 0.5;
  const double sy = (m(3) * (x + 0.5) + m(4) * (y + 0.5) + m(5)) / k - 0.5;
  const auto x0 = static_cast<int>(std::floor(sx));
  const auto y0 = static_cast<int>(std::floor(sy));
  const double tx = sx - x0;
  const double ty = sy - y0;
  return (1 - ty) * ((1 - tx) * block_mean(src, k, x0, y0, c) + tx * block_mean(src, k, x0 + 1, y0, c)) +
         ty * ((1 - tx) * block_mean(src, k, x0, y0 + 1, c) + tx * block_mean(src, k, x0 + 1, y0 + 1, c));
}

// Channel c of the pixel (x, y) of the upright picture, by the names of the orientations alone.
inline std::uint8_t upright_pixel(const Image& stored, int orientation, int x, int y, int c) {
  const int w = stored.width();
  const int h = stored.height();
  const std::pair<int, int> at[] = {{x, y}, {w - 1 - x, y}, {w - 1 - x, h - 1 - y}, {x, h - 1 - y},
                                    {y, x}, {y, h - 1 - x}, {w - 1 - y, h - 1 - x}, {w - 1 - y, x}};
  const auto [from_x, from_y] = at[orientation - 1];
  return stored.row(from_y)[from_x * 3 + c];
}

}  // namespace likeness::naive

#include "image/resize.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "image/axis_weights.h"

namespace likeness {
namespace {

// Three channels of one pixel and a lane that is carried along unread. A vector extension of GCC and clang.
using Pixel4 = float __attribute__((vector_size(16)));

// sums[i] = weight * row[i], or added to what is there. The only loops that see every byte of the source.
[[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
void set_scaled(const std::uint8_t* __restrict row, float weight, std::size_t count, float* __restrict sums) {
  for (std::size_t i = 0; i < count; ++i) sums[i] = weight * static_cast<float>(row[i]);
}

[[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
void add_scaled(const std::uint8_t* __restrict row, float weight, std::size_t count, float* __restrict sums) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += weight * static_cast<float>(row[i]);
}

// Two rows at once, which halves the traffic of `sums`: the commonest case, a factor of 2.
[[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
void set_scaled_pair(const std::uint8_t* __restrict first, const std::uint8_t* __restrict second, float first_weight,
                     float second_weight, std::size_t count, float* __restrict sums) {
  for (std::size_t i = 0; i < count; ++i) {
    sums[i] = first_weight * static_cast<float>(first[i]) + second_weight * static_cast<float>(second[i]);
  }
}

// out[i] = the weighted sum of the `taps` pixels from first[i] on. Reads one float beyond the last of them.
[[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
void sum_along_row(const float* __restrict sums, const int* __restrict first, const float* __restrict weights, int taps,
                   std::size_t count, Pixel4* __restrict out) {
  for (std::size_t i = 0; i < count; ++i, weights += taps) {
    const float* from = sums + static_cast<std::ptrdiff_t>(first[i]) * Image::channels;
    Pixel4 sum = {};
    for (int k = 0; k < taps; ++k, from += Image::channels) {
      Pixel4 pixel;
      std::memcpy(&pixel, from, sizeof pixel);
      sum += weights[k] * pixel;
    }
    out[i] = sum;
  }
}

// Produces the rows of the scaled picture one after another, first along the columns, then along the row.
class RowScaler {
 public:
  RowScaler(const Image& src, AxisWeights x, AxisWeights y)
      : src_(src),
        x_(std::move(x)),
        y_(std::move(y)),
        row_floats_(static_cast<std::size_t>(src.width()) * Image::channels),
        sums_(row_floats_ + 1),  // the fourth lane of the last pixel
        row_(static_cast<std::size_t>(x_.size())) {}

  [[nodiscard]] Size size() const { return {x_.size(), y_.size()}; }

  // 0 <= y < size().height. Valid until the next call.
  [[nodiscard]] const std::vector<Pixel4>& row(int y) {
    sum_columns(y);
    sum_along_row(sums_.data(), x_.first.data(), x_.weights.data(), x_.taps, row_.size(), row_.data());
    return row_;
  }

 private:
  void sum_columns(int y) {
    const int first = y_.first[static_cast<std::size_t>(y)];
    const std::span<const float> weights = y_.of(y);
    int k = 1;
    if (y_.taps == 1) {
      set_scaled(src_.row(first), weights[0], row_floats_, sums_.data());
    } else {
      set_scaled_pair(src_.row(first), src_.row(first + 1), weights[0], weights[1], row_floats_, sums_.data());
      k = 2;
    }
    for (; k < y_.taps; ++k) {
      const float weight = weights[static_cast<std::size_t>(k)];
      if (weight != 0) add_scaled(src_.row(first + k), weight, row_floats_, sums_.data());
    }
  }

  const Image& src_;
  const AxisWeights x_;
  const AxisWeights y_;
  const std::size_t row_floats_;
  std::vector<float> sums_;
  std::vector<Pixel4> row_;
};

[[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
void split_planes(const Pixel4* __restrict row, std::size_t count, float* __restrict blue, float* __restrict green,
                  float* __restrict red) {
  for (std::size_t i = 0; i < count; ++i) {
    blue[i] = row[i][0];
    green[i] = row[i][1];
    red[i] = row[i][2];
  }
}

// Weighted means of bytes lie in 0..255 but for rounding, which the addition of a half forgives at both ends.
[[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
void round_pixels(const Pixel4* __restrict row, std::size_t count, std::uint8_t* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) out[i * 3 + c] = static_cast<std::uint8_t>(static_cast<int>(row[i][c] + 0.5F));
  }
}

}  // namespace

Image resize(const Image& src, Size size) {
  assert(!src.empty() && size.width >= 1 && size.height >= 1);
  const double factor_x = static_cast<double>(src.width()) / size.width;
  const double factor_y = static_cast<double>(src.height()) / size.height;
  RowScaler scaler(src, make_axis_weights(src.width(), size.width, factor_x),
                   make_axis_weights(src.height(), size.height, factor_y));
  Image out(size);
  for (int y = 0; y < size.height; ++y) {
    round_pixels(scaler.row(y).data(), static_cast<std::size_t>(size.width), out.row(y));
  }
  return out;
}

Letterbox fit_letterbox(Size src, Size canvas) {
  const float scale = std::min(static_cast<float>(canvas.width) / static_cast<float>(src.width),
                               static_cast<float>(canvas.height) / static_cast<float>(src.height));
  const auto scaled = [scale](int length, int limit) {
    return std::clamp(static_cast<int>(std::lround(static_cast<float>(length) * scale)), 1, limit);
  };
  return {scale, {scaled(src.width, canvas.width), scaled(src.height, canvas.height)}};
}

Letterbox letterbox(const Image& src, Size canvas, ChannelOrder order, std::span<float> planes) {
  assert(!src.empty() && planes.size() == tensor_floats(canvas));
  const Letterbox box = fit_letterbox(src.size(), canvas);
  const double factor = 1.0 / static_cast<double>(box.scale);
  RowScaler scaler(src, make_axis_weights(src.width(), box.content.width, factor),
                   make_axis_weights(src.height(), box.content.height, factor));

  const auto stride = static_cast<std::size_t>(canvas.width);
  const auto plane_floats = stride * static_cast<std::size_t>(canvas.height);
  const auto content_width = static_cast<std::size_t>(box.content.width);
  float* plane[3] = {planes.data(), planes.data() + plane_floats, planes.data() + 2 * plane_floats};
  if (order == ChannelOrder::rgb) std::swap(plane[0], plane[2]);
  for (int y = 0; y < box.content.height; ++y) {
    split_planes(scaler.row(y).data(), content_width, plane[0], plane[1], plane[2]);
    for (float*& row : plane) {
      std::fill(row + content_width, row + stride, 0.0F);
      row += stride;
    }
  }
  for (float* rest : plane) {
    std::fill_n(rest, static_cast<std::size_t>(canvas.height - box.content.height) * stride, 0.0F);
  }
  return box;
}

}  // namespace likeness

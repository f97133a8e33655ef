#include "image/warp.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace likeness {
namespace {

// Three channels of one pixel and a lane that is carried along unread. Vector extensions of GCC and clang.
using Pixel4 = float __attribute__((vector_size(16)));
using Byte4 = std::uint8_t __attribute__((vector_size(4)));

// A picture, or the blocks of it that matter: pixel (x, y) of `image` stands for (x + left, y + top).
struct Source {
  const Image& image;
  int left = 0;
  int top = 0;
};

// Pixels (x, y) .. (x + right, y + bottom), right and bottom exclusive.
struct Region {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  [[nodiscard]] bool empty() const { return left >= right || top >= bottom; }
};

// Reads four bytes. Precondition: pixel (x, y) is not the last of the picture.
Pixel4 load_pixel(const Image& image, int x, int y) {
  Byte4 bytes;
  std::memcpy(&bytes, image.row(y) + static_cast<std::ptrdiff_t>(x) * Image::channels, sizeof bytes);
  return __builtin_convertvector(bytes, Pixel4);
}

Pixel4 pixel_or_black(const Image& image, int x, int y) {
  if (x < 0 || y < 0 || x >= image.width() || y >= image.height()) return Pixel4{};
  const std::uint8_t* bytes = image.row(y) + static_cast<std::ptrdiff_t>(x) * Image::channels;
  return Pixel4{static_cast<float>(bytes[0]), static_cast<float>(bytes[1]), static_cast<float>(bytes[2]), 0};
}

// Bilinear at (x, y), whole numbers being pixel centres.
Pixel4 sample(const Image& image, float x, float y) {
  // The negation also catches a NaN. What passes fits an int.
  if (!(x > -1 && y > -1 && x < static_cast<float>(image.width()) && y < static_cast<float>(image.height()))) {
    return Pixel4{};
  }
  // Downward, without std::floor, which is a call where the build knows only SSE2.
  const int x0 = static_cast<int>(x) - (x < 0 ? 1 : 0);
  const int y0 = static_cast<int>(y) - (y < 0 ? 1 : 0);
  const float tx = x - static_cast<float>(x0);
  const float ty = y - static_cast<float>(y0);
  Pixel4 a;
  Pixel4 b;
  Pixel4 c;
  Pixel4 d;
  if (x0 >= 0 && y0 >= 0 && x0 + 2 < image.width() && y0 + 1 < image.height()) {
    a = load_pixel(image, x0, y0);
    b = load_pixel(image, x0 + 1, y0);
    c = load_pixel(image, x0, y0 + 1);
    d = load_pixel(image, x0 + 1, y0 + 1);
  } else {
    a = pixel_or_black(image, x0, y0);
    b = pixel_or_black(image, x0 + 1, y0);
    c = pixel_or_black(image, x0, y0 + 1);
    d = pixel_or_black(image, x0 + 1, y0 + 1);
  }
  const Pixel4 upper = a + (b - a) * tx;
  const Pixel4 lower = c + (d - c) * tx;
  return upper + (lower - upper) * ty;
}

// `length` >= 1. Values that are not finite or far away end at the bounds, a NaN at 0.
int clamp_to_pixels(float value, int length) {
  return value > 0 ? static_cast<int>(std::min(value, static_cast<float>(length))) : 0;
}

// The source pixels, within `bounds`, that bilinear sampling for the output can touch.
Region touched_region(const Affine& to_source, Size output, Size bounds) {
  const auto w = static_cast<float>(output.width);
  const auto h = static_cast<float>(output.height);
  const Point corners[] = {to_source.apply({0, 0}), to_source.apply({w, 0}), to_source.apply({0, h}),
                           to_source.apply({w, h})};
  Point low = corners[0];
  Point high = corners[0];
  for (const Point& p : corners) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  }
  return {clamp_to_pixels(std::floor(low.x) - 1, bounds.width), clamp_to_pixels(std::floor(low.y) - 1, bounds.height),
          clamp_to_pixels(std::ceil(high.x) + 1, bounds.width), clamp_to_pixels(std::ceil(high.y) + 1, bounds.height)};
}

[[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
void add_row(const std::uint8_t* __restrict row, std::size_t count, std::uint32_t* __restrict sums) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += row[i];
}

// The means of blocks of k x k pixels; `blocks` counts blocks and is not empty.
Image reduce_blocks(const Image& src, int k, const Region& blocks) {
  Image out({blocks.right - blocks.left, blocks.bottom - blocks.top});
  const int x_begin = blocks.left * k;
  const int x_end = std::min(blocks.right * k, src.width());
  const auto bytes = static_cast<std::size_t>(x_end - x_begin) * Image::channels;
  // Whole blocks; the part beyond the picture stays 0.
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(out.width()) * static_cast<std::size_t>(k) * 3);
  const float area = static_cast<float>(k) * static_cast<float>(k);
  for (int by = blocks.top; by < blocks.bottom; ++by) {
    std::fill(sums.begin(), sums.end(), 0U);
    for (int y = by * k; y < std::min((by + 1) * k, src.height()); ++y) {
      add_row(src.row(y) + static_cast<std::ptrdiff_t>(x_begin) * Image::channels, bytes, sums.data());
    }
    const std::uint32_t* from = sums.data();
    std::uint8_t* to = out.row(by - blocks.top);
    for (int bx = 0; bx < out.width(); ++bx, to += Image::channels) {
      std::uint64_t block[3] = {0, 0, 0};
      for (int i = 0; i < k; ++i, from += Image::channels) {
        for (int c = 0; c < Image::channels; ++c) block[c] += from[c];
      }
      for (int c = 0; c < Image::channels; ++c) {
        to[c] = static_cast<std::uint8_t>(static_cast<float>(block[c]) / area + 0.5F);
      }
    }
  }
  return out;
}

// Calls write(index of the pixel, its value) for each output pixel, row by row.
template <typename Write>
void sample_all(const Source& source, const Affine& to_source, Size size, Write write) {
  std::size_t index = 0;
  for (int y = 0; y < size.height; ++y) {
    const float v = static_cast<float>(y) + 0.5F;
    // From centres at +0.5 to sample()'s whole numbers.
    const float row_x = to_source.m[1] * v + to_source.m[2] - 0.5F - static_cast<float>(source.left);
    const float row_y = to_source.m[4] * v + to_source.m[5] - 0.5F - static_cast<float>(source.top);
    for (int x = 0; x < size.width; ++x, ++index) {
      const float u = static_cast<float>(x) + 0.5F;
      write(index, sample(source.image, to_source.m[0] * u + row_x, to_source.m[3] * u + row_y));
    }
  }
}

// The rule of the header: from the picture itself, or from its blocks where the output shrinks it.
template <typename Write>
void warp(const Image& src, const Affine& to_source, Size size, Write write) {
  const float* m = to_source.m;
  const float s = std::sqrt(std::abs(m[0] * m[4] - m[1] * m[3]));
  const int longer = std::max(src.width(), src.height());
  if (!(s >= 2)) {
    sample_all({src}, to_source, size, write);
    return;
  }
  const int k = clamp_to_pixels(s, longer);  // one block for everything at the most
  const auto inverse = 1 / static_cast<float>(k);
  const Affine to_block = {
      {m[0] * inverse, m[1] * inverse, m[2] * inverse, m[3] * inverse, m[4] * inverse, m[5] * inverse}};
  const Size block_count = {(src.width() + k - 1) / k, (src.height() + k - 1) / k};
  const Region blocks = touched_region(to_block, size, block_count);
  if (blocks.empty()) {
    for (std::size_t i = 0; i < tensor_floats(size) / 3; ++i) write(i, Pixel4{});
    return;
  }
  const Image reduced = reduce_blocks(src, k, blocks);
  sample_all({reduced, blocks.left, blocks.top}, to_block, size, write);
}

}  // namespace

Image warp_affine(const Image& src, const Affine& to_source, Size size) {
  assert(!src.empty() && size.width >= 1 && size.height >= 1);
  Image out(size);
  std::uint8_t* const pixels = out.bytes().data();
  warp(src, to_source, size, [pixels](std::size_t i, const Pixel4& pixel) {
    for (std::size_t c = 0; c < 3; ++c) pixels[i * 3 + c] = static_cast<std::uint8_t>(pixel[c] + 0.5F);
  });
  return out;
}

void warp_affine(const Image& src, const Affine& to_source, Size size, const TensorFormat& format,
                 std::span<float> tensor) {
  assert(!src.empty() && tensor.size() == tensor_floats(size));
  const bool swap = format.order == ChannelOrder::rgb;
  const std::size_t blue = swap ? 2 : 0;
  const std::size_t red = swap ? 0 : 2;
  // In the order of the source, so that one subtraction and one multiplication serve all channels.
  const Pixel4 mean = {format.mean[blue], format.mean[1], format.mean[red], 0};
  const bool planar = format.layout == TensorLayout::planar;
  const std::size_t step = planar ? 1 : 3;
  const std::size_t channel_step = planar ? tensor.size() / 3 : 1;
  float* const b = tensor.data() + blue * channel_step;
  float* const g = tensor.data() + channel_step;
  float* const r = tensor.data() + red * channel_step;
  const float scale = format.scale;
  warp(src, to_source, size, [=](std::size_t i, const Pixel4& pixel) {
    const Pixel4 value = (pixel - mean) * scale;
    b[i * step] = value[0];
    g[i * step] = value[1];
    r[i * step] = value[2];
  });
}

}  // namespace likeness

#include "hard_scenes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <utility>

#include "image/draw.h"
#include "image/orientation.h"
#include "image/resize.h"
#include "image/warp.h"

namespace likeness::bench {
namespace {

constexpr Size pattern_size = {1280, 720};

std::uint8_t clamped(float value) { return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F))); }

// A grey picture of what `value` says of each pixel, 0..255.
Image painted(const std::function<float(float, float)>& value) {
  Image image(pattern_size);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      std::fill_n(image.row(y) + static_cast<std::ptrdiff_t>(x) * Image::channels, Image::channels,
                  clamped(value(static_cast<float>(x), static_cast<float>(y))));
    }
  }
  return image;
}

// Noise whose grains are `grain` pixels, coloured.
Image noise(int grain, std::uint32_t seed) {
  std::mt19937 random(seed);
  Image image({pattern_size.width / grain, pattern_size.height / grain});
  for (std::uint8_t& byte : image.bytes()) byte = static_cast<std::uint8_t>(random());
  return grain == 1 ? std::move(image) : resize(image, pattern_size);
}

// Rows of discs with two dark holes each: sockets, buttons, the lamps of cars.
Image sockets(int width) {
  Image image(pattern_size);
  image.fill(150, 160, 170);
  const auto size = static_cast<float>(width);
  for (int top = width; top < pattern_size.height - width; top += 2 * width) {
    for (int left = width; left < pattern_size.width - width; left += 2 * width) {
      const Point centre = {static_cast<float>(left), static_cast<float>(top)};
      draw_disc(image, centre, size / 2, {210, 210, 210});
      draw_disc(image, {centre.x - size / 5, centre.y}, size / 14, {20, 20, 20});
      draw_disc(image, {centre.x + size / 5, centre.y}, size / 14, {20, 20, 20});
    }
  }
  return image;
}

}  // namespace

FaceCut cut_face(const Image& picture, const PixelRect& face, float width, float margin) {
  const PixelRect cut = {face.left - margin * face.width, face.top - margin * face.height,
                         (1 + 2 * margin) * face.width, (1 + 2 * margin) * face.height};
  const Size whole = {static_cast<int>(cut.width), static_cast<int>(cut.height)};
  const float scale = width / face.width;
  const Size size = {static_cast<int>(std::lround(cut.width * scale)),
                     static_cast<int>(std::lround(cut.height * scale))};
  Image piece = resize(warp_affine(picture, {{1, 0, cut.left, 0, 1, cut.top}}, whole), size);
  return {std::move(piece), {margin * width, margin * face.height * scale, width, face.height * scale}};
}

PixelRect paste(const FaceCut& cut, Image& scene, int left, int top) {
  const int begin = std::max(0, -left);
  const int end = std::min(cut.piece.width(), scene.width() - left);
  for (int y = std::max(0, -top); y < std::min(cut.piece.height(), scene.height() - top) && begin < end; ++y) {
    std::copy_n(cut.piece.row(y) + static_cast<std::ptrdiff_t>(begin) * Image::channels,
                static_cast<std::size_t>(end - begin) * Image::channels,
                scene.row(top + y) + static_cast<std::ptrdiff_t>(left + begin) * Image::channels);
  }
  return {cut.face.left + static_cast<float>(left), cut.face.top + static_cast<float>(top), cut.face.width,
          cut.face.height};
}

Image turned(Image image) { return upright(std::move(image), Orientation::right_top); }

PixelRect turned(const PixelRect& rect, Size before) {
  return {static_cast<float>(before.height) - rect.bottom(), rect.left, rect.height, rect.width};
}

Image at_night(const Image& image, float gain, float noise, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, noise);
  Image dark(image.size());
  std::transform(image.bytes().begin(), image.bytes().end(), dark.bytes().begin(),
                 [&](std::uint8_t byte) { return clamped(gain * static_cast<float>(byte) + normal(random)); });
  return dark;
}

Image with_glare(const Image& image, Point centre, float radius, float strength) {
  Image lit(image.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const float distance = std::hypot(static_cast<float>(x) - centre.x, static_cast<float>(y) - centre.y) / radius;
      const float light = strength * std::exp2(-distance * distance);
      for (int c = 0; c < Image::channels; ++c) {
        const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(x) * Image::channels + c;
        lit.row(y)[at] = clamped(static_cast<float>(image.row(y)[at]) + light);
      }
    }
  }
  return lit;
}

Image with_hidden(const Image& image, const PixelRect& rect) {
  const int left = std::clamp(static_cast<int>(rect.left), 0, image.width() - 1);
  const int right = std::clamp(static_cast<int>(rect.right()), 0, image.width() - 1);
  const int top = std::clamp(static_cast<int>(rect.top), 0, image.height() - 1);
  const int bottom = std::clamp(static_cast<int>(rect.bottom()), 0, image.height() - 1);
  std::array<int, 3> sums = {};
  int count = 0;
  for (int x = left; x <= right; ++x) {
    for (const int y : {top, bottom}) {
      for (std::size_t c = 0; c < 3; ++c) sums[c] += image.row(y)[x * Image::channels + static_cast<int>(c)];
      ++count;
    }
  }
  Image hidden = image.clone();
  const auto mean = [&](std::size_t c) { return static_cast<std::uint8_t>(sums[c] / count); };
  fill_rect(hidden, rect, {mean(0), mean(1), mean(2)});
  return hidden;
}

std::vector<Pattern> make_patterns() {
  std::vector<Pattern> patterns;
  const auto add = [&](const std::string& name, Image image) { patterns.push_back({name, std::move(image)}); };
  for (const int side : {8, 24, 60, 120}) {
    add("chessboard " + std::to_string(side), painted([side](float x, float y) {
          return (static_cast<int>(x) / side + static_cast<int>(y) / side) % 2 == 0 ? 30.0F : 220.0F;
        }));
  }
  for (const float period : {10.0F, 15.0F, 22.0F, 30.0F, 40.0F, 60.0F, 90.0F}) {
    const std::string suffix = " " + std::to_string(static_cast<int>(period));
    const float turn = 6.2831853F / period;
    for (const float phase : {0.0F, 1.6F, 3.1F, 4.7F}) {  // white or black in the middle
      add("rings" + suffix,
          painted([=](float x, float y) { return 128 + 100 * std::cos(turn * std::hypot(x - 500, y - 360) + phase); }));
    }
    add("grating" + suffix, painted([turn](float x, float y) { return 128 + 100 * std::cos(turn * (x + y / 3)); }));
    add("waves" + suffix,
        painted([turn](float x, float y) { return 128 + 60 * std::cos(turn * x) + 60 * std::cos(turn * 1.3F * y); }));
    add("sockets" + suffix, sockets(static_cast<int>(period) * 3));
  }
  for (const int grain : {1, 4, 16, 40, 80}) add("noise " + std::to_string(grain), noise(grain, 7));
  add("gradient", painted([](float x, float y) { return x / 10 + y / 6; }));
  add("black", painted([](float, float) { return 0.0F; }));
  add("white", painted([](float, float) { return 255.0F; }));
  return patterns;
}

}  // namespace likeness::bench

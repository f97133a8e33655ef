#include "degrade.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "image/resize.h"

namespace likeness::bench {

namespace {

// Weights at -radius..radius.
using Kernel = std::vector<float>;

Kernel gaussian(float deviation) {
  const int radius = std::max(1, static_cast<int>(std::ceil(3 * deviation)));
  Kernel kernel;
  kernel.reserve(2 * static_cast<std::size_t>(radius) + 1);
  for (int i = -radius; i <= radius; ++i) {
    const float at = static_cast<float>(i) / deviation;
    kernel.push_back(std::exp(-0.5F * at * at));
  }
  const float sum = std::accumulate(kernel.begin(), kernel.end(), 0.0F);
  for (float& weight : kernel) weight /= sum;
  return kernel;
}

Kernel uniform(float length) {
  const int radius = std::max(1, static_cast<int>(std::lround(length / 2)));
  const std::size_t count = 2 * static_cast<std::size_t>(radius) + 1;
  return Kernel(count, 1.0F / static_cast<float>(count));
}

// Along x (dx = 1) or y; the picture is continued by its edge.
Image convolved(const Image& image, const Kernel& kernel, int dx, int dy) {
  const int radius = static_cast<int>(kernel.size() / 2);
  Image result(image.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      float sums[Image::channels] = {};
      for (int i = -radius; i <= radius; ++i) {
        const std::uint8_t* pixel =
            image.row(std::clamp(y + i * dy, 0, image.height() - 1)) +
            static_cast<std::ptrdiff_t>(std::clamp(x + i * dx, 0, image.width() - 1)) * Image::channels;
        const float weight = kernel[static_cast<std::size_t>(i) + static_cast<std::size_t>(radius)];
        for (int c = 0; c < Image::channels; ++c) sums[c] += weight * static_cast<float>(pixel[c]);
      }
      std::uint8_t* out = result.row(y) + static_cast<std::ptrdiff_t>(x) * Image::channels;
      for (int c = 0; c < Image::channels; ++c) out[c] = static_cast<std::uint8_t>(std::lround(sums[c]));
    }
  }
  return result;
}

void add_noise(Image& image, float deviation) {
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same noise every time
  std::normal_distribution<float> noise(0, deviation);
  for (std::uint8_t& value : image.bytes()) {
    value = static_cast<std::uint8_t>(std::lround(std::clamp(static_cast<float>(value) + noise(random), 0.0F, 255.0F)));
  }
}

}  // namespace

Image degrade(const Image& image, const Degradation& how, float face_width) {
  Image result = image.clone();
  if (how.blur > 0) {
    const Kernel kernel = gaussian(how.blur * face_width);
    result = convolved(convolved(result, kernel, 1, 0), kernel, 0, 1);
  }
  if (how.move_x > 0) result = convolved(result, uniform(how.move_x * face_width), 1, 0);
  if (how.move_y > 0) result = convolved(result, uniform(how.move_y * face_width), 0, 1);
  if (how.noise > 0) add_noise(result, how.noise);
  if (how.face_width > 0) {
    const float scale = how.face_width / face_width;
    const auto scaled = [scale](int side) { return std::max(1, static_cast<int>(static_cast<float>(side) * scale)); };
    result = resize(result, {scaled(image.width()), scaled(image.height())});
  }
  return result;
}

}  // namespace likeness::bench

// Pictures for tests. Tests only.
#pragma once

#include <cstdint>
#include <random>

#include "image/image.h"

namespace likeness::test {

inline Image noise(Size size, std::uint32_t seed) {
  std::mt19937 random(seed);
  Image image(size);
  for (std::uint8_t& byte : image.bytes()) byte = static_cast<std::uint8_t>(random());
  return image;
}

// Smooth, and different in every corner and channel: what a photograph is to a codec.
inline Image gradient(Size size) {
  Image image(size);
  for (int y = 0; y < size.height; ++y) {
    std::uint8_t* pixel = image.row(y);
    for (int x = 0; x < size.width; ++x, pixel += Image::channels) {
      pixel[0] = static_cast<std::uint8_t>(30 + 200 * x / size.width);
      pixel[1] = static_cast<std::uint8_t>(30 + 200 * y / size.height);
      pixel[2] = static_cast<std::uint8_t>(230 - 100 * x / size.width - 100 * y / size.height);
    }
  }
  return image;
}

}  // namespace likeness::test

#include "image/image.h"

#include <algorithm>

namespace likeness {

Image Image::clone() const {
  if (empty()) return {};
  Image copy(size_);
  std::copy_n(data_.get(), byte_count(), copy.data_.get());
  return copy;
}

void Image::fill(std::uint8_t blue, std::uint8_t green, std::uint8_t red) {
  const std::span<std::uint8_t> pixels = bytes();
  for (std::size_t i = 0; i < pixels.size(); i += channels) {
    pixels[i] = blue;
    pixels[i + 1] = green;
    pixels[i + 2] = red;
  }
}

}  // namespace likeness

// A picture in memory: 8 bits a channel, three channels interleaved, blue first (B, G, R), rows without padding.
//
// One layout everywhere: the models that read RGB swap at their own entrance. Pixel (x, y) starts at
// data()[(y * width + x) * 3].
//
// Ownership: an Image owns its pixels, moves cheaply and is copied only by clone().
// Thread rule: thread-compatible; const methods may run at the same time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "image/geometry.h"

namespace likeness {

class Image {
 public:
  static constexpr int channels = 3;

  Image() = default;
  // Pixels are not initialised. Precondition: width, height >= 1 and the caller has checked its limits.
  explicit Image(Size size) : size_(size), data_(std::make_unique_for_overwrite<std::uint8_t[]>(byte_count(size))) {}

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] int width() const { return size_.width; }
  [[nodiscard]] int height() const { return size_.height; }
  [[nodiscard]] bool empty() const { return data_ == nullptr; }
  [[nodiscard]] std::size_t byte_count() const { return byte_count(size_); }

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {data_.get(), byte_count()}; }
  [[nodiscard]] std::span<std::uint8_t> bytes() { return {data_.get(), byte_count()}; }
  // width * 3 bytes. Precondition: 0 <= y < height.
  [[nodiscard]] const std::uint8_t* row(int y) const { return data_.get() + offset(y); }
  [[nodiscard]] std::uint8_t* row(int y) { return data_.get() + offset(y); }

  [[nodiscard]] Image clone() const;
  // All pixels of this colour.
  void fill(std::uint8_t blue, std::uint8_t green, std::uint8_t red);

 private:
  static std::size_t byte_count(Size size) {
    return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * channels;
  }
  [[nodiscard]] std::size_t offset(int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) * channels;
  }

  Size size_;
  std::unique_ptr<std::uint8_t[]> data_;
};

}  // namespace likeness

#include <gtest/gtest.h>
#include <webp/encode.h>

#include <algorithm>
#include <random>
#include <string>

#include "codec/webp_decoder.h"

namespace likeness::codec {
namespace {

constexpr DecodeOptions any_size = {.min_side = 1};

Image noise(Size size, unsigned seed) {
  Image image(size);
  std::mt19937 random(seed);
  for (std::uint8_t& byte : image.bytes()) byte = static_cast<std::uint8_t>(random());
  return image;
}

Bytes lossless(const Image& image) {
  std::uint8_t* out = nullptr;
  const std::size_t size =
      WebPEncodeLosslessBGR(image.bytes().data(), image.width(), image.height(), image.width() * Image::channels, &out);
  Bytes bytes(out, out + size);
  WebPFree(out);
  return bytes;
}

Bytes lossy(const Image& image) {
  std::uint8_t* out = nullptr;
  const std::size_t size =
      WebPEncodeBGR(image.bytes().data(), image.width(), image.height(), image.width() * Image::channels, 90, &out);
  Bytes bytes(out, out + size);
  WebPFree(out);
  return bytes;
}

ErrorKind kind_of(const Result<Decoded>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorKind::internal : result.error().kind;
}

TEST(Webp, LosslessPicturesComeBackExactly) {
  for (const Size size : {Size{1, 1}, Size{7, 3}, Size{130, 99}}) {
    const Image image = noise(size, 3);
    const Result<Decoded> decoded = decode_webp(lossless(image), any_size);
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    EXPECT_EQ(decoded->original, size);
    EXPECT_TRUE(std::equal(image.bytes().begin(), image.bytes().end(), decoded->image.bytes().begin()));
  }
}

TEST(Webp, LossyPicturesHaveTheirColours) {
  Image image(Size{64, 48});
  image.fill(200, 100, 30);  // blue, green, red
  const Result<Decoded> decoded = decode_webp(lossy(image), any_size);
  ASSERT_TRUE(decoded.ok());
  const std::uint8_t* const pixel = decoded->image.row(20) + 60;
  EXPECT_NEAR(pixel[0], 200, 8);
  EXPECT_NEAR(pixel[1], 100, 8);
  EXPECT_NEAR(pixel[2], 30, 8);
}

TEST(Webp, LimitsComeBeforePixels) {
  const Bytes bytes = lossless(noise({100, 50}, 1));
  EXPECT_EQ(kind_of(decode_webp(bytes, {.min_side = 80})), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of(decode_webp(bytes, {.min_side = 1, .max_pixels = 4999})), ErrorKind::image_too_large);
}

TEST(Webp, WhatIsCutOrIsNoneIsRefused) {
  const Bytes bytes = lossy(noise({90, 90}, 2));
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 20) {
    EXPECT_EQ(kind_of(decode_webp(ByteSpan(bytes).first(size), any_size)), ErrorKind::invalid_image) << size;
  }
  const std::string text = "RIFF____WAVE, which is a sound and no picture";
  EXPECT_FALSE(is_webp(as_bytes(text)));
  EXPECT_EQ(kind_of(decode_webp(as_bytes(text), any_size)), ErrorKind::invalid_image);
}

}  // namespace
}  // namespace likeness::codec

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "codec/decode.h"
#include "codec/test_files.h"

namespace likeness::codec {
namespace {

using test::PngSpec;

constexpr DecodeOptions any_size = {.min_side = 1};

int channels_of(int colour_type) {
  switch (colour_type) {
    case PNG_COLOR_TYPE_RGB: return 3;
    case PNG_COLOR_TYPE_RGB_ALPHA: return 4;
    case PNG_COLOR_TYPE_GRAY_ALPHA: return 2;
    default: return 1;  // grey or palette
  }
}

std::vector<png_uint_16> random_samples(Size size, const PngSpec& spec, unsigned seed) {
  std::mt19937 random(seed);
  const std::uint32_t values =
      spec.palette.empty() ? 1U << static_cast<unsigned>(spec.depth) : static_cast<std::uint32_t>(spec.palette.size());
  std::vector<png_uint_16> samples(static_cast<std::size_t>(size.width * size.height * channels_of(spec.colour_type)));
  for (png_uint_16& sample : samples) sample = static_cast<png_uint_16>(random() % values);
  return samples;
}

struct Colour {
  double red = 0;  // all 0..1
  double green = 0;
  double blue = 0;
  double alpha = 1;
};

// What the samples of one pixel mean, by the PNG specification, 13.12 and 13.16.
Colour meaning(const png_uint_16* sample, const PngSpec& spec) {
  const double full = std::pow(2, spec.depth) - 1;
  const int channels = channels_of(spec.colour_type);
  Colour colour;
  if (spec.colour_type == PNG_COLOR_TYPE_PALETTE) {
    const png_color& entry = spec.palette[*sample];
    const double alpha = *sample < spec.palette_alpha.size() ? spec.palette_alpha[*sample] / 255.0 : 1;
    return {entry.red / 255.0, entry.green / 255.0, entry.blue / 255.0, alpha};
  }
  const bool coloured = channels >= 3;
  colour.red = sample[0] / full;
  colour.green = sample[coloured ? 1 : 0] / full;
  colour.blue = sample[coloured ? 2 : 0] / full;
  if (channels % 2 == 0) colour.alpha = sample[channels - 1] / full;
  const bool transparent =
      !spec.transparent.empty() && std::equal(spec.transparent.begin(), spec.transparent.end(), sample);
  if (transparent) colour.alpha = 0;
  return colour;
}

void expect_meaning(const PngSpec& spec, Size size) {
  const std::vector<png_uint_16> samples = random_samples(size, spec, 9);
  const Result<Decoded> decoded = decode(test::write_png(size, spec, samples), any_size);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  ASSERT_EQ(decoded->image.size(), size);
  ASSERT_EQ(decoded->original, size);
  const std::uint8_t* bgr = decoded->image.bytes().data();
  const auto channels = static_cast<std::size_t>(channels_of(spec.colour_type));
  for (std::size_t i = 0; i < samples.size(); i += channels, bgr += 3) {
    const Colour colour = meaning(&samples[i], spec);
    const auto on_white = [&colour](double value) { return 255 * (value * colour.alpha + 1 - colour.alpha); };
    // Colour, alpha and their product are each rounded to 8 bits.
    const double tolerance = colour.alpha == 1 ? 0.51 : 1.5;
    ASSERT_NEAR(bgr[2], on_white(colour.red), tolerance);
    ASSERT_NEAR(bgr[1], on_white(colour.green), tolerance);
    ASSERT_NEAR(bgr[0], on_white(colour.blue), tolerance);
  }
}

std::vector<png_color> random_palette(std::size_t entries) {
  std::mt19937 random(4);
  std::vector<png_color> palette(entries);
  for (png_color& entry : palette) {
    entry = {static_cast<png_byte>(random()), static_cast<png_byte>(random()), static_cast<png_byte>(random())};
  }
  return palette;
}

TEST(PngTest, ReadsEveryColourTypeAndDepth) {
  std::vector<PngSpec> specs;
  for (const int depth : {1, 2, 4, 8, 16}) {
    specs.push_back({.colour_type = PNG_COLOR_TYPE_GRAY, .depth = depth});
    specs.push_back({.colour_type = PNG_COLOR_TYPE_GRAY, .depth = depth, .transparent = {1}});
    if (depth == 16) break;
    const std::size_t entries = std::size_t{1} << static_cast<unsigned>(depth);
    specs.push_back({.colour_type = PNG_COLOR_TYPE_PALETTE, .depth = depth, .palette = random_palette(entries)});
    specs.push_back({.colour_type = PNG_COLOR_TYPE_PALETTE,
                     .depth = depth,
                     .palette = random_palette(entries),
                     .palette_alpha = {0, 128}});
  }
  for (const int depth : {8, 16}) {
    specs.push_back({.colour_type = PNG_COLOR_TYPE_RGB, .depth = depth});
    specs.push_back({.colour_type = PNG_COLOR_TYPE_RGB, .depth = depth, .transparent = {7, 8, 9}});
    specs.push_back({.colour_type = PNG_COLOR_TYPE_GRAY_ALPHA, .depth = depth});
    specs.push_back({.colour_type = PNG_COLOR_TYPE_RGB_ALPHA, .depth = depth});
  }
  for (PngSpec& spec : specs) {
    for (const bool interlaced : {false, true}) {
      spec.interlaced = interlaced;
      for (const Size size : {Size{1, 1}, Size{3, 2}, Size{29, 31}}) {
        SCOPED_TRACE(testing::Message() << "type " << spec.colour_type << " depth " << spec.depth << " tRNS "
                                        << spec.transparent.size() << " interlaced " << interlaced);
        expect_meaning(spec, size);
      }
    }
  }
}

TEST(PngTest, ATransparentColourIsWhite) {
  const std::vector<png_uint_16> samples = {7, 8, 9, 7, 8, 10};
  const Bytes file = test::write_png({2, 1}, {.transparent = {7, 8, 9}}, samples);
  const Decoded decoded = decode(file, any_size).value();
  EXPECT_TRUE(std::ranges::equal(decoded.image.bytes(), std::vector<int>{255, 255, 255, 10, 8, 7}));
}

TEST(PngTest, RefusesATruncatedFileAtEveryByte) {
  for (const bool interlaced : {false, true}) {
    const PngSpec spec = {.colour_type = PNG_COLOR_TYPE_RGB_ALPHA, .interlaced = interlaced};
    const Bytes file = test::write_png({13, 11}, spec, random_samples({13, 11}, spec, 1));
    ASSERT_TRUE(decode(file, any_size).ok());
    for (std::size_t length = 0; length < file.size(); ++length) {
      const Result<Decoded> decoded = decode(ByteSpan(file).first(length), any_size);
      ASSERT_FALSE(decoded.ok()) << length << " of " << file.size();
      ASSERT_EQ(decoded.error().kind, ErrorKind::invalid_image);
    }
  }
}

// Signature, lengths, types, contents and checksums: no byte can change unnoticed.
TEST(PngTest, NoticesEveryChangedByte) {
  const PngSpec spec = {
      .colour_type = PNG_COLOR_TYPE_PALETTE, .depth = 4, .palette = random_palette(16), .palette_alpha = {1, 2, 3}};
  const Bytes file = test::write_png({9, 9}, spec, random_samples({9, 9}, spec, 1));
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x20U, 0x80U, 0xFFU}) {
      Bytes changed = file;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ flip);
      EXPECT_FALSE(decode(changed, any_size).ok()) << at << " ^ " << flip;
    }
  }
}

TEST(PngTest, TextsProfilesGammaAndFramesOfAnAnimationChangeNothing) {
  const PngSpec spec = {.colour_type = PNG_COLOR_TYPE_RGB_ALPHA};
  const std::vector<png_uint_16> samples = random_samples({90, 80}, spec, 1);
  const Image plain = decode(test::write_png({90, 80}, spec, samples), {}).value().image;
  Bytes file = test::write_png({90, 80}, {.colour_type = PNG_COLOR_TYPE_RGB_ALPHA, .gamma = 1.0}, samples);
  const auto insert = [&file](std::ptrdiff_t at, const Bytes& chunk) {
    file.insert(file.begin() + at, chunk.begin(), chunk.end());
  };
  constexpr std::ptrdiff_t behind_header = 33;
  insert(behind_header, test::png_chunk("tEXt", Bytes(2'000'000, 'x')));
  insert(behind_header, test::png_chunk("iCCP", Bytes(500, 'x')));
  insert(behind_header, test::png_chunk("eXIf", {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6}));
  insert(behind_header, test::png_chunk("acTL", {0, 0, 0, 1, 0, 0, 0, 0}));
  insert(static_cast<std::ptrdiff_t>(file.size()) - 12, test::png_chunk("fdAT", Bytes(100, 7)));
  const Result<Decoded> decoded = decode(file, {});
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_TRUE(std::ranges::equal(decoded->image.bytes(), plain.bytes()));
}

}  // namespace
}  // namespace likeness::codec

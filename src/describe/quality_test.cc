#include "describe/quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <utility>

#include "describe/synthetic_mesh.h"

namespace likeness::describe {
namespace {

// Smooth waves, rings of fine detail and an edge, in the middle of the range so that gain does not clip.
Image pattern(int size, float gain) {
  Image image({size, size});
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      const float u = static_cast<float>(x) / static_cast<float>(size);
      const float v = static_cast<float>(y) / static_cast<float>(size);
      const float value = 100 + 30 * std::sin(7 * u) + 20 * std::cos(150 * (u * u + v * v)) + (u + v > 1 ? 25.0F : 0);
      const auto byte = static_cast<std::uint8_t>(std::clamp(value * gain, 0.0F, 255.0F));
      std::fill_n(image.row(y) + static_cast<std::ptrdiff_t>(x) * 3, 3, byte);
    }
  }
  return image;
}

// The mean of (2r+1)^2 pixels, the picture continued by its edge.
Image box_blur(const Image& image, int r) {
  Image blurred(image.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      int sum = 0;
      for (int dy = -r; dy <= r; ++dy) {
        for (int dx = -r; dx <= r; ++dx) {
          sum += image.row(std::clamp(
              y + dy, 0,
              image.height() - 1))[static_cast<std::ptrdiff_t>(std::clamp(x + dx, 0, image.width() - 1)) * 3];
        }
      }
      const auto byte = static_cast<std::uint8_t>(sum / ((2 * r + 1) * (2 * r + 1)));
      std::fill_n(blurred.row(y) + static_cast<std::ptrdiff_t>(x) * 3, 3, byte);
    }
  }
  return blurred;
}

// The mean of `length` pixels along a direction.
Image moved(const Image& image, int dx, int dy, int length) {
  Image result(image.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      int sum = 0;
      for (int i = -length / 2; i < length - length / 2; ++i) {
        sum += image.row(std::clamp(
            y + i * dy, 0,
            image.height() - 1))[static_cast<std::ptrdiff_t>(std::clamp(x + i * dx, 0, image.width() - 1)) * 3];
      }
      std::fill_n(result.row(y) + static_cast<std::ptrdiff_t>(x) * 3, 3, static_cast<std::uint8_t>(sum / length));
    }
  }
  return result;
}

Image noisy(const Image& image, float deviation) {
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same noise every time
  std::normal_distribution<float> noise(0, deviation);
  Image result(image.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const float value = static_cast<float>(image.row(y)[static_cast<std::ptrdiff_t>(x) * 3]) + noise(random);
      std::fill_n(result.row(y) + static_cast<std::ptrdiff_t>(x) * 3, 3,
                  static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F)));
    }
  }
  return result;
}

Quality quality_of(const Image& image, const PixelRect& box, const Pose& pose = {}) {
  const FaceMesh mesh = synthetic_mesh({.pose = pose, .scale = box.width / 2});
  return measure_quality(FaceChip(image, box, mesh));
}

TEST(Quality, SharpnessFallsWithEveryBlur) {
  const Image image = pattern(160, 1);
  float last = quality_of(image, {20, 20, 120, 120}).sharpness;
  EXPECT_GT(last, 20);
  for (int r = 1; r <= 5; ++r) {
    const float sharpness = quality_of(box_blur(image, r), {20, 20, 120, 120}).sharpness;
    // The frequency response of a box has lobes: where next to nothing is left, a wider one may let a little through.
    EXPECT_LT(sharpness, std::max(last, 5.0F)) << r;
    last = sharpness;
  }
}

// A hand that shook: sharp in one direction, and of no use.
TEST(Quality, AMovedFaceIsBlurred) {
  const Image image = pattern(160, 1);
  const PixelRect box = {20, 20, 120, 120};
  const float still = quality_of(image, box).sharpness;
  for (const auto& [dx, dy] : {std::pair(1, 0), std::pair(0, 1), std::pair(1, 1)}) {
    EXPECT_LT(quality_of(moved(image, dx, dy, 20), box).sharpness, still / 2) << dx << ' ' << dy;
  }
}

TEST(Quality, NoiseDoesNotMakeABlurredFaceSharp) {
  const Image image = box_blur(pattern(160, 1), 4);
  const PixelRect box = {20, 20, 120, 120};
  const float blurred = quality_of(image, box).sharpness;
  EXPECT_LT(quality_of(noisy(image, 8), box).sharpness, blurred + 15);
  EXPECT_GT(quality_of(noisy(pattern(160, 1), 8), box).sharpness, blurred + 30);
}

TEST(Quality, BrightnessRisesWithGainAndSharpnessStays) {
  const float sharpness = quality_of(pattern(160, 1), {20, 20, 120, 120}).sharpness;
  float last = 0;
  for (const float gain : {0.3F, 0.6F, 0.9F, 1.2F}) {
    const Quality quality = quality_of(pattern(160, gain), {20, 20, 120, 120});
    EXPECT_GT(quality.brightness, last + 5);
    EXPECT_NEAR(quality.sharpness, sharpness, 2);
    last = quality.brightness;
  }
}

TEST(Quality, OneColourHasBrightnessAndNoSharpness) {
  Image image({100, 100});
  image.fill(255, 255, 255);
  EXPECT_NEAR(quality_of(image, {10, 10, 80, 80}).brightness, 100, 0.01);
  EXPECT_EQ(quality_of(image, {10, 10, 80, 80}).sharpness, 0);
  image.fill(0, 0, 0);
  EXPECT_EQ(quality_of(image, {10, 10, 80, 80}).brightness, 0);
}

TEST(Quality, WhatLiesBeyondTheEdgeDoesNotCount) {
  Image image({100, 100});
  image.fill(200, 200, 200);
  const Quality cut = quality_of(image, {-40, 10, 80, 80});
  EXPECT_NEAR(cut.brightness, 200 * 100 / 255.0, 2);
  const Quality outside = quality_of(image, {500, 500, 80, 80});
  EXPECT_EQ(outside.brightness, 0);
  EXPECT_EQ(outside.sharpness, 0);
}

TEST(Quality, TakesBoxesOfAnySizeAndTurn) {
  const Image image = pattern(300, 1);
  for (const float size : {0.0F, 1.0F, 20.0F, 290.0F, 4000.0F}) {
    const Quality quality = quality_of(image, {5, 5, size, size}, {.roll = 130});
    EXPECT_GE(quality.sharpness, 0);
    EXPECT_LE(quality.sharpness, 100);
    EXPECT_GE(quality.brightness, 0);
    EXPECT_LE(quality.brightness, 100);
  }
}

}  // namespace
}  // namespace likeness::describe

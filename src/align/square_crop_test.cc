#include "align/square_crop.h"

#include <gtest/gtest.h>

#include <numbers>

namespace likeness::align {
namespace {

void expect_at(Point actual, Point expected) {
  EXPECT_NEAR(actual.x, expected.x, 1e-3);
  EXPECT_NEAR(actual.y, expected.y, 1e-3);
}

TEST(SquareCropTest, LevelCropsScaleAndMove) {
  const Affine map = crop_to_picture({.centre = {50, 40}, .side = 20}, 10);
  expect_at(map.apply({0, 0}), {40, 30});
  expect_at(map.apply({10, 10}), {60, 50});
}

TEST(SquareCropTest, TurnsAboutTheCentreAlongTheAngle) {
  const SquareCrop crop = {.centre = {50, 40}, .side = 20, .angle = std::numbers::pi_v<float> / 2};
  const Affine map = crop_to_picture(crop, 10);
  expect_at(map.apply({5, 5}), {50, 40});
  expect_at(map.apply({10, 5}), {50, 50});  // the crop's x axis points down in the picture
  EXPECT_NEAR(angle_between({50, 40}, {50, 50}), crop.angle, 1e-6);
  EXPECT_EQ(angle_between({1, 1}, {1, 1}), 0);
}

TEST(SquareCropTest, MirrorsLeftAndRightOnly) {
  const SquareCrop plain = {.centre = {50, 40}, .side = 20, .angle = 0.3F};
  SquareCrop mirror = plain;
  mirror.mirrored = true;
  expect_at(crop_to_picture(mirror, 10).apply({2, 7}), crop_to_picture(plain, 10).apply({8, 7}));
}

}  // namespace
}  // namespace likeness::align

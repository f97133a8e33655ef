#include "image/draw.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace likeness {
namespace {

constexpr Colour white = {255, 255, 255};

Image black(Size size) {
  Image image(size);
  image.fill(0, 0, 0);
  return image;
}

bool lit(const Image& image, int x, int y) { return image.row(y)[x * 3] == 255; }

int count_lit(const Image& image) {
  int count = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) count += lit(image, x, y) ? 1 : 0;
  }
  return count;
}

TEST(DrawTest, FillsThePixelsWhoseCentresLieInside) {
  Image image = black({10, 8});
  fill_rect(image, {2.4F, 1.6F, 3, 2}, white);  // centres 2.5..5.39 across, 1.6..3.6 down
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 10; ++x) EXPECT_EQ(lit(image, x, y), x >= 2 && x <= 4 && y >= 2 && y <= 3) << x << "," << y;
  }
}

TEST(DrawTest, AnOutlineLeavesTheInsideAlone) {
  Image image = black({20, 20});
  draw_rect(image, {2, 3, 10, 8}, 2, white);
  EXPECT_EQ(count_lit(image), 10 * 8 - 6 * 4);
  EXPECT_TRUE(lit(image, 2, 3) && lit(image, 11, 10) && lit(image, 3, 4));
  EXPECT_FALSE(lit(image, 4, 5));
}

TEST(DrawTest, ADiscIsRound) {
  Image image = black({40, 40});
  draw_disc(image, {20, 20}, 9, white);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x) {
      const double distance = std::hypot(x + 0.5 - 20, y + 0.5 - 20);
      if (std::abs(distance - 9) < 1e-3) continue;  // on the rim, where rounding decides
      ASSERT_EQ(lit(image, x, y), distance < 9) << x << "," << y;
    }
  }
}

TEST(DrawTest, WhatLiesOutsideIsLeftOut) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float huge = 1e30F;
  Image image = black({10, 10});
  fill_rect(image, {-5, -5, 3, 3}, white);
  fill_rect(image, {30, 2, 5, 5}, white);
  draw_disc(image, {-20, 5}, 9, white);
  draw_disc(image, {5, nan}, 9, white);
  draw_rect(image, {nan, nan, nan, nan}, 1, white);
  EXPECT_EQ(count_lit(image), 0);
  fill_rect(image, {-huge, -huge, 2 * huge, 2 * huge}, white);
  EXPECT_EQ(count_lit(image), 100);
}

}  // namespace
}  // namespace likeness

#include "detect/input_ladder.h"

#include <gtest/gtest.h>

#include <random>

#include "image/resize.h"

namespace likeness::detect {
namespace {

Size chosen(Size picture) { return input_sizes[choose_input_size(picture)]; }

TEST(InputLadderTest, TakesTheCheapestThatLosesNothing) {
  EXPECT_EQ(chosen({80, 80}), (Size{320, 320}));
  EXPECT_EQ(chosen({320, 320}), (Size{320, 320}));
  EXPECT_EQ(chosen({640, 360}), (Size{640, 384}));
  EXPECT_EQ(chosen({360, 640}), (Size{384, 640}));
  EXPECT_EQ(chosen({960, 540}), (Size{960, 544}));
  EXPECT_EQ(chosen({1280, 720}), (Size{1280, 736}));
  EXPECT_EQ(chosen({1920, 1080}), (Size{1280, 736}));
  EXPECT_EQ(chosen({1080, 1920}), (Size{736, 1280}));
  EXPECT_EQ(chosen({3000, 3000}), (Size{960, 960}));
}

// A face of 24 px in 1920x1080 is an 80th of the longer side and keeps 16 px; in a square picture it keeps 12.
TEST(InputLadderTest, KeepsTheFacesThatMustBeFound) {
  EXPECT_FLOAT_EQ(24 * fit_letterbox({1920, 1080}, chosen({1920, 1080})).scale, 16);
  for (int width = 80; width <= 8000; width += 97) {
    for (int height = 80; height <= 8000; height += 89) {
      for (const Tile& tile : split_into_tiles({width, height})) {
        const float scale = fit_letterbox(tile.size, chosen(tile.size)).scale;
        const float face = static_cast<float>(std::max(width, height)) / 80;
        ASSERT_TRUE(scale >= 1 || face * scale >= 11.99F) << width << "x" << height;
      }
    }
  }
}

TEST(InputLadderTest, OrdinaryPicturesAreOneTile) {
  for (const Size size : {Size{4000, 3000}, Size{80, 80}, Size{1080, 1920}, Size{900, 100}, Size{3000, 1000}}) {
    const std::vector<Tile> tiles = split_into_tiles(size);
    ASSERT_EQ(tiles.size(), 1U);
    EXPECT_EQ(tiles[0].size, size);
  }
}

// Every face up to the shorter side lies whole in the tile that has its centre in its core, and in one core only.
TEST(InputLadderTest, TilesShowEveryFaceWholeAndOnce) {
  std::mt19937 random(3);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same numbers every time
  for (const Size size : {Size{5000, 80}, Size{80, 5000}, Size{3840, 1000}, Size{10'000, 1001}, Size{65'000, 90}}) {
    const std::vector<Tile> tiles = split_into_tiles(size);
    ASSERT_GT(tiles.size(), 1U);
    ASSERT_LE(tiles.size(), 8U);
    std::uniform_real_distribution<float> x(0, static_cast<float>(size.width));
    std::uniform_real_distribution<float> y(0, static_cast<float>(size.height));
    for (int i = 0; i < 1000; ++i) {
      const Point centre = {x(random), y(random)};
      const auto half = static_cast<float>(std::min(size.width, size.height)) / 2;
      int cores = 0;
      for (const Tile& tile : tiles) {
        const PixelRect& core = tile.core;
        if (centre.x < core.left || centre.x >= core.right() || centre.y < core.top || centre.y >= core.bottom()) {
          continue;
        }
        ++cores;
        const bool along_x = size.width > size.height;
        const float begin = static_cast<float>(along_x ? tile.left : tile.top);
        const float end = begin + static_cast<float>(along_x ? tile.size.width : tile.size.height);
        const float whole = static_cast<float>(along_x ? size.width : size.height);
        const float c = along_x ? centre.x : centre.y;
        EXPECT_GE(c - half, begin == 0 ? c - half : begin);
        EXPECT_LE(c + half, end == whole ? c + half : end);
      }
      EXPECT_EQ(cores, 1);
    }
  }
}

}  // namespace
}  // namespace likeness::detect

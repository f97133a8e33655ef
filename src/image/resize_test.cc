#include "image/resize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "image/naive_resize.h"
#include "image/test_pictures.h"

namespace likeness {
namespace {

using testing::Each;
using testing::FloatNear;

// Sizes with one pixel, odd sizes, and extreme shapes; enlarged, shrunk, and by exactly 2.
const std::vector<std::pair<Size, Size>> size_pairs = {
    {{1, 1}, {1, 1}},    {{1, 1}, {5, 3}},   {{7, 5}, {1, 1}},     {{17, 9}, {8, 4}},   {{16, 8}, {8, 4}},
    {{13, 11}, {12, 7}}, {{5, 7}, {31, 29}}, {{400, 1}, {33, 1}},  {{1, 400}, {1, 33}}, {{4000, 1}, {640, 1}},
    {{3, 100}, {50, 2}}, {{64, 3}, {63, 3}}, {{100, 100}, {3, 2}}, {{33, 21}, {33, 7}},
};

TEST(ResizeTest, AgreesWithTheRule) {
  for (const auto& [from, to] : size_pairs) {
    SCOPED_TRACE(testing::Message() << from.width << "x" << from.height << " -> " << to.width << "x" << to.height);
    const Image src = test::noise(from, 7);
    const Image out = resize(src, to);
    ASSERT_EQ(out.size(), to);
    const double fx = static_cast<double>(from.width) / to.width;
    const double fy = static_cast<double>(from.height) / to.height;
    for (int y = 0; y < to.height; ++y) {
      for (int x = 0; x < to.width; ++x) {
        for (int c = 0; c < 3; ++c) ASSERT_NEAR(out.row(y)[x * 3 + c], naive::resized(src, fx, fy, x, y, c), 0.501);
      }
    }
  }
}

TEST(ResizeTest, AgreesWithTheRuleOnRandomSizes) {
  std::mt19937 random(3);
  const auto side = [&random] { return 1 + static_cast<int>(random() % 40); };
  for (int round = 0; round < 100; ++round) {
    const Size from = {side(), side()};
    const Size to = {side(), side()};
    const Image src = test::noise(from, static_cast<std::uint32_t>(round));
    const Image out = resize(src, to);
    const int x = static_cast<int>(random() % static_cast<unsigned>(to.width));
    const int y = static_cast<int>(random() % static_cast<unsigned>(to.height));
    const double expected = naive::resized(src, static_cast<double>(from.width) / to.width,
                                           static_cast<double>(from.height) / to.height, x, y, 1);
    ASSERT_NEAR(out.row(y)[x * 3 + 1], expected, 0.501);
  }
}

TEST(ResizeTest, AnEqualSizeIsACopy) {
  const Image src = test::noise({37, 21}, 1);
  const Image out = resize(src, src.size());
  EXPECT_TRUE(std::ranges::equal(out.bytes(), src.bytes()));
}

TEST(ResizeTest, AConstantPictureStaysConstant) {
  Image src({123, 77});
  src.fill(255, 255, 255);
  for (const Size to : {Size{40, 25}, Size{200, 200}, Size{122, 76}}) {
    EXPECT_THAT(resize(src, to).bytes(), Each(255)) << to.width;
  }
}

// Black and white columns a pixel wide: what aliases turns into broad stripes, what averages into grey.
TEST(ResizeTest, FineStripesTurnGrey) {
  Image src({1000, 10});
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 1000; ++x) std::fill_n(src.row(y) + x * 3, 3, x % 2 == 0 ? 0 : 255);
  }
  const Image out = resize(src, {101, 10});
  EXPECT_THAT(out.bytes(), Each(testing::AllOf(testing::Ge(114), testing::Le(141))));  // 1/9.9 of a stripe either way
}

TEST(ResizeTest, AGradientStaysLinear) {
  const Image src = test::gradient({200, 150});
  for (const Size to : {Size{50, 50}, Size{133, 100}, Size{300, 225}}) {
    const Image out = resize(src, to);
    const Image expected = test::gradient(to);
    for (int y = 8; y < to.height - 8; ++y) {
      for (int x = 8 * 3; x < (to.width - 8) * 3; ++x) ASSERT_NEAR(out.row(y)[x], expected.row(y)[x], 4.0);
    }
  }
}

TEST(LetterboxTest, KeepsTheAspectRatioAtTheTopLeft) {
  const Letterbox wide = fit_letterbox({1920, 1080}, {960, 544});
  EXPECT_EQ(wide.scale, 0.5F);
  EXPECT_EQ(wide.content, (Size{960, 540}));
  EXPECT_EQ(fit_letterbox({80, 80}, {640, 384}).content, (Size{384, 384}));
  EXPECT_EQ(fit_letterbox({4000, 1}, {640, 640}).content, (Size{640, 1}));
  EXPECT_EQ(fit_letterbox({1, 4000}, {640, 640}).content, (Size{1, 640}));
}

TEST(LetterboxTest, AgreesWithTheRuleAndPadsWithBlack) {
  const Size canvas = {64, 32};
  for (const Size size : {Size{100, 51}, Size{31, 57}, Size{20, 10}, Size{300, 1}, Size{1, 1}, Size{1, 90}}) {
    SCOPED_TRACE(testing::Message() << size.width << "x" << size.height);
    const Image src = test::noise(size, 5);
    for (const ChannelOrder order : {ChannelOrder::bgr, ChannelOrder::rgb}) {
      std::vector<float> planes(tensor_floats(canvas), -1.0F);
      const Letterbox box = letterbox(src, canvas, order, planes);
      const double factor = 1 / static_cast<double>(box.scale);
      for (int y = 0; y < canvas.height; ++y) {
        for (int x = 0; x < canvas.width; ++x) {
          const bool inside = x < box.content.width && y < box.content.height;
          for (int c = 0; c < 3; ++c) {
            const int source_channel = order == ChannelOrder::bgr ? c : 2 - c;
            const double expected = inside ? naive::resized(src, factor, factor, x, y, source_channel) : 0.0;
            const int index = (c * canvas.height + y) * canvas.width + x;
            ASSERT_NEAR(planes[static_cast<std::size_t>(index)], expected, 0.01);
          }
        }
      }
    }
  }
}

TEST(LetterboxTest, AConstantPictureStaysConstant) {
  Image src({1234, 567});
  src.fill(200, 200, 200);
  std::vector<float> planes(tensor_floats({320, 147}));
  letterbox(src, {320, 147}, ChannelOrder::bgr, planes);
  EXPECT_THAT(planes, Each(FloatNear(200, 0.001F)));
}

}  // namespace
}  // namespace likeness

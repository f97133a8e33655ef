#include "image/warp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "image/naive_warp.h"
#include "image/orientation.h"
#include "image/similarity_transform.h"
#include "image/test_pictures.h"

namespace likeness {
namespace {

using testing::Each;
using testing::FloatNear;

Affine similarity(float scale, float angle, Point shift) {
  const float p = scale * std::cos(angle);
  const float q = scale * std::sin(angle);
  return {{p, -q, shift.x, q, p, shift.y}};
}

void expect_rule(const Image& src, const Affine& to_source, Size size) {
  const Image out = warp_affine(src, to_source, size);
  ASSERT_EQ(out.size(), size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_NEAR(out.row(y)[x * 3 + c], naive::warped(src, to_source, x, y, c), 0.6) << x << "," << y;
      }
    }
  }
}

TEST(WarpTest, TheIdentityIsACopy) {
  const Image src = test::noise({37, 21}, 1);
  const Image out = warp_affine(src, Affine{}, src.size());
  EXPECT_TRUE(std::ranges::equal(out.bytes(), src.bytes()));
}

TEST(WarpTest, AgreesWithTheRule) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> uniform(0, 1);
  for (const Size size : {Size{1, 1}, Size{2, 1}, Size{1, 2}, Size{31, 17}, Size{400, 1}, Size{1, 400}, Size{64, 48}}) {
    const Image src = test::noise(size, 2);
    for (int round = 0; round < 20; ++round) {
      const float scale = std::exp(uniform(random) * 5 - 2);  // 0.14 to 20
      const Point shift = {uniform(random) * static_cast<float>(size.width),
                           uniform(random) * static_cast<float>(size.height)};
      SCOPED_TRACE(testing::Message() << size.width << "x" << size.height << " scale " << scale);
      expect_rule(src, similarity(scale, uniform(random) * 7, shift), {9, 7});
    }
  }
}

TEST(WarpTest, ShrinksAndMirrorsByTheRule) {
  const Image src = test::noise({61, 47}, 3);
  expect_rule(src, Affine{{-3, 0, 61, 0, 3, 0}}, {21, 16});
  expect_rule(src, Affine{{2, 0, 0, 0, 2, 0}}, {31, 24});
  expect_rule(src, Affine{{7.5F, 0, -20, 0, 7.5F, -20}}, {13, 13});
  expect_rule(src, Affine{{1000, 0, 0, 0, 1000, 0}}, {2, 2});
}

TEST(WarpTest, AMirrorMirrors) {
  const Image src = test::noise({12, 8}, 4);
  const Image out = warp_affine(src, Affine{{-1, 0, 12, 0, 1, 0}}, {12, 8});
  const Image expected = upright(src.clone(), Orientation::top_right);
  EXPECT_TRUE(std::ranges::equal(out.bytes(), expected.bytes()));
}

TEST(WarpTest, OutsideIsBlackAndNothingHostileIsRead) {
  const Image src = test::noise({20, 20}, 5);
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Affine& m :
       {Affine{{1, 0, 100, 0, 1, 0}}, Affine{{1, 0, 0, 0, 1, -30}}, Affine{{1, 0, nan, 0, 1, 0}},
        Affine{{nan, nan, nan, nan, nan, nan}}, Affine{{1, 0, infinity, 0, 1, 0}}, Affine{{1, 0, 1e30F, 0, 1, 1e30F}},
        Affine{{3, 0, 1e30F, 0, 3, -1e30F}}, Affine{{3, 0, nan, 0, 3, nan}}, Affine{{3, 0, -100, 0, 3, 200}},
        Affine{{infinity, 0, 0, 0, 1, 0}}, Affine{{1e20F, 0, 1e30F, 0, 1e20F, 1e30F}}}) {
    EXPECT_THAT(warp_affine(src, m, {8, 8}).bytes(), Each(0)) << m.m[0] << " " << m.m[2];
  }
}

TEST(WarpTest, TensorsHaveTheOrderLayoutAndScaleAskedFor) {
  const Image src = test::noise({40, 30}, 6);
  const Affine m = similarity(1.3F, 0.2F, {5, 1});
  const Size size = {16, 12};
  const Image bytes = warp_affine(src, m, size);
  for (const TensorLayout layout : {TensorLayout::planar, TensorLayout::interleaved}) {
    for (const ChannelOrder order : {ChannelOrder::bgr, ChannelOrder::rgb}) {
      const TensorFormat format = {layout, order, {127, 100, 50}, 1 / 128.0F};
      std::vector<float> tensor(tensor_floats(size));
      warp_affine(src, m, size, format, tensor);
      for (int i = 0; i < size.width * size.height; ++i) {
        for (int c = 0; c < 3; ++c) {
          const auto at =
              static_cast<std::size_t>(layout == TensorLayout::planar ? c * size.width * size.height + i : i * 3 + c);
          const float pixel = tensor[at] * 128 + format.mean[static_cast<std::size_t>(c)];
          const int byte = bytes.bytes()[static_cast<std::size_t>(i * 3 + (order == ChannelOrder::bgr ? c : 2 - c))];
          ASSERT_NEAR(pixel, byte, 0.51);
        }
      }
    }
  }
}

TEST(WarpTest, AConstantPictureStaysConstantInside) {
  Image src({300, 300});
  src.fill(90, 90, 90);
  for (const float scale : {0.5F, 1.0F, 1.9F, 2.0F, 3.7F, 5.0F}) {
    std::vector<float> tensor(tensor_floats({24, 24}));
    warp_affine(src, similarity(scale, 0.4F, {100, 60}), {24, 24}, {}, tensor);
    EXPECT_THAT(tensor, Each(FloatNear(90, 0.001F))) << scale;
  }
}

TEST(UprightTest, AgreesWithTheNamesOfTheOrientations) {
  for (const Size size : {Size{1, 1}, Size{7, 3}, Size{33, 65}, Size{100, 1}, Size{1, 100}}) {
    const Image stored = test::noise(size, 8);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const Image out = upright(stored.clone(), static_cast<Orientation>(orientation));
      const bool swapped = orientation >= 5;
      ASSERT_EQ(out.size(), (swapped ? Size{size.height, size.width} : size));
      for (int y = 0; y < out.height(); ++y) {
        for (int x = 0; x < out.width(); ++x) {
          for (int c = 0; c < 3; ++c) {
            ASSERT_EQ(out.row(y)[x * 3 + c], naive::upright_pixel(stored, orientation, x, y, c));
          }
        }
      }
    }
  }
}

TEST(SimilarityTransformTest, FindsTheSimilarityThatMadeThePoints) {
  const Affine truth = similarity(0.37F, 1.1F, {-20, 55});
  const std::vector<Point> from = {{38, 51}, {73, 51}, {56, 71}, {41, 92}, {70, 92}};
  std::vector<Point> to;
  for (const Point& p : from) to.push_back(truth.apply(p));
  const std::optional<Affine> found = similarity_transform(from, to);
  ASSERT_TRUE(found.has_value());
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(found->m[i], truth.m[i], 1e-4) << i;
  const Point back = found->inverse().apply(found->apply({12, 34}));
  EXPECT_NEAR(back.x, 12, 1e-3);
  EXPECT_NEAR(back.y, 34, 1e-3);
}

// No small change of the result may bring the points nearer: it is the least-squares solution.
TEST(SimilarityTransformTest, IsTheLeastSquaresSolution) {
  const std::vector<Point> from = {{10, 20}, {70, 25}, {40, 50}, {15, 80}, {60, 85}};
  const std::vector<Point> to = {{38, 52}, {73, 51}, {56, 72}, {42, 92}, {71, 92}};
  const auto error = [&](const Affine& m) {
    double sum = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const Point p = m.apply(from[i]);
      sum += std::pow(p.x - to[i].x, 2) + std::pow(p.y - to[i].y, 2);
    }
    return sum;
  };
  const Affine best = similarity_transform(from, to).value();
  EXPECT_EQ(best.m[0], best.m[4]);
  EXPECT_EQ(best.m[1], -best.m[3]);
  for (const float by : {-1e-3F, 1e-3F}) {
    Affine m = best;
    m.m[0] += by;
    m.m[4] += by;
    EXPECT_GT(error(m), error(best));
    m = best;
    m.m[1] -= by;
    m.m[3] += by;
    EXPECT_GT(error(m), error(best));
    for (const int i : {2, 5}) {
      m = best;
      m.m[i] += 100 * by;
      EXPECT_GT(error(m), error(best));
    }
  }
}

TEST(SimilarityTransformTest, DegeneratePointsGiveNone) {
  const std::vector<Point> spread = {{0, 0}, {1, 0}, {0, 1}};
  const std::vector<Point> same = {{5, 5}, {5, 5}, {5, 5}};
  const std::vector<Point> bad = {{0, 0}, {std::numeric_limits<float>::quiet_NaN(), 0}, {0, 1}};
  EXPECT_FALSE(similarity_transform(same, spread).has_value());
  EXPECT_FALSE(similarity_transform(spread, same).has_value());
  EXPECT_FALSE(similarity_transform(bad, spread).has_value());
  EXPECT_FALSE(similarity_transform(spread, bad).has_value());
}

}  // namespace
}  // namespace likeness

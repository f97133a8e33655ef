#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "detect/decode_centerface.h"
#include "detect/decode_yunet.h"
#include "detect/naive_detect.h"
#include "detect/random_floats.h"
#include "detect/suppress_overlaps.h"

namespace likeness::detect {
namespace {

TEST(DecodeYunetTest, AgreesWithTheNaiveTwin) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same numbers every time
  for (const int stride : {8, 16, 32}) {
    constexpr std::size_t plane = std::size_t{13} * 9;
    const auto cls = random_floats(plane, 0, 1, random);
    const auto obj = random_floats(plane, 0, 1, random);
    const auto bbox = random_floats(4 * plane, -2, 2, random);
    const auto kps = random_floats(10 * plane, -3, 3, random);
    const YunetLevel level = {stride, {13, 9}, cls, obj, bbox, kps};
    std::vector<FaceDetection> found;
    decode_yunet(level, 0.6F, found);
    const std::vector<FaceDetection> expected = naive::decode_yunet(level, 0.6F);
    ASSERT_EQ(found.size(), expected.size());
    ASSERT_FALSE(found.empty());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_FLOAT_EQ(found[i].score, expected[i].score);
      EXPECT_EQ(found[i].box, expected[i].box);
      EXPECT_EQ(found[i].landmarks, expected[i].landmarks);
    }
  }
}

TEST(DecodeYunetTest, WhatIsNoNumberIsNoFace) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> cls = {nan, 0.9F};
  const std::vector<float> obj = {0.9F, 0.9F};
  const std::vector<float> bbox = {0, 0, 0, 0, 0, 1000, 0, 1000};
  const std::vector<float> kps(20, 0);
  std::vector<FaceDetection> found;
  decode_yunet({8, {2, 1}, cls, obj, bbox, kps}, 0.5F, found);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(std::isfinite(found[0].box.width));
}

// One cell, by hand, from the formulas of CenterFace.
TEST(DecodeCenterFaceTest, ReadsOneCell) {
  const Size cells = {3, 2};
  std::vector<float> heat(6, 0);
  std::vector<float> scale(12, 0);
  std::vector<float> offset(12, 0);
  std::vector<float> landmarks(60, 0);
  const std::size_t cell = 1 * 3 + 2;  // y 1, x 2
  heat[cell] = 0.75F;
  scale[cell] = std::log(5.0F);
  scale[6 + cell] = std::log(4.0F);
  offset[cell] = 0.25F;
  offset[6 + cell] = -0.25F;
  landmarks[cell] = 0.5F;                       // y of the first point
  landmarks[6 + cell] = 0.25F;                  // x of the first point
  landmarks[std::size_t{9} * 6 + cell] = 1.0F;  // x of the last point
  std::vector<FaceDetection> found;
  decode_centerface({cells, heat, scale, offset, landmarks}, 0.5F, found);
  ASSERT_EQ(found.size(), 1U);
  const PixelRect& box = found[0].box;
  EXPECT_FLOAT_EQ(found[0].score, 0.75F);
  EXPECT_NEAR(box.width, 16, 1e-3);
  EXPECT_NEAR(box.height, 20, 1e-3);
  EXPECT_NEAR(box.left, 4 * (2 - 0.25 + 0.5) - 8, 1e-3);
  EXPECT_NEAR(box.top, 4 * (1 + 0.25 + 0.5) - 10, 1e-3);
  EXPECT_NEAR(found[0].landmarks[0].x, box.left + 4, 1e-3);
  EXPECT_NEAR(found[0].landmarks[0].y, box.top + 10, 1e-3);
  EXPECT_NEAR(found[0].landmarks[4].x, box.left + 16, 1e-3);
}

TEST(SuppressOverlapsTest, AgreesWithTheNaiveTwin) {
  std::mt19937 random(11);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same numbers every time
  std::uniform_real_distribution<float> place(0, 100);
  std::uniform_real_distribution<float> length(5, 40);
  std::uniform_int_distribution<int> score(0, 20);  // few values, so that ties happen
  for (int round = 0; round < 50; ++round) {
    std::vector<FaceDetection> faces(static_cast<std::size_t>(round));
    for (FaceDetection& face : faces) {
      face.box = {place(random), place(random), length(random), length(random)};
      face.score = 0.4F + 0.6F * static_cast<float>(score(random)) / 20;
    }
    const auto kept = suppress_overlaps(faces, 0.3F, 0.4F, 1000);
    const auto expected = naive::suppress_overlaps(faces, 0.3F, 0.4F);
    ASSERT_EQ(kept.size(), expected.size());
    for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(kept[i].box, expected[i].box);
  }
}

TEST(SuppressOverlapsTest, WhatBarelyIsAFaceMustNotTouchABetterOne) {
  const FaceDetection face = {{100, 100, 40, 50}, 0.9F, {}};
  const FaceDetection beside = {{130, 100, 40, 50}, 0.45F, {}};  // iou 1/7
  const FaceDetection sure = {{130, 100, 40, 50}, 0.7F, {}};
  const FaceDetection apart = {{140, 100, 40, 50}, 0.4F, {}};
  EXPECT_EQ(suppress_overlaps({face, beside}, 0.3F, 0.4F, 10).size(), 1U);
  EXPECT_EQ(suppress_overlaps({face, sure}, 0.3F, 0.4F, 10).size(), 2U);
  EXPECT_EQ(suppress_overlaps({face, sure}, 0.3F, 0.4F, 10)[1].score, 0.7F);
  EXPECT_EQ(suppress_overlaps({face, apart}, 0.3F, 0.4F, 10).size(), 2U);
}

TEST(SuppressOverlapsTest, IsBounded) {
  std::vector<FaceDetection> faces(20'000);
  for (std::size_t i = 0; i < faces.size(); ++i) faces[i].box = {static_cast<float>(i) * 10, 0, 5, 5};
  EXPECT_EQ(suppress_overlaps(faces, 0.3F, 0, 1000).size(), 1000U);
  EXPECT_EQ(suppress_overlaps(faces, 0.3F, 0, 10'000).size(), 5000U);
}

}  // namespace
}  // namespace likeness::detect

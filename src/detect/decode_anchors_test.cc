#include "detect/decode_anchors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "detect/naive_detect.h"
#include "detect/random_floats.h"

namespace likeness::detect {
namespace {

void expect_near(const FaceDetection& face, const FaceDetection& expected) {
  EXPECT_NEAR(face.box.left, expected.box.left, 1e-2);
  EXPECT_NEAR(face.box.top, expected.box.top, 1e-2);
  EXPECT_NEAR(face.box.width, expected.box.width, 1e-2);
  EXPECT_NEAR(face.box.height, expected.box.height, 1e-2);
  EXPECT_NEAR(face.score, expected.score, 1e-6);
  for (std::size_t j = 0; j < face.landmarks.size(); ++j) {
    EXPECT_NEAR(face.landmarks[j].x, expected.landmarks[j].x, 1e-2);
    EXPECT_NEAR(face.landmarks[j].y, expected.landmarks[j].y, 1e-2);
  }
}

const FaceDetection example = {
    .box = {100, 60, 48, 66}, .score = 0.9F, .landmarks = {{{112, 85}, {134, 84}, {123, 98}, {113, 110}, {133, 111}}}};

TEST(DecodeScrfdTest, AgreesWithTheNaiveTwin) {
  std::mt19937 random(3);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same numbers every time
  for (const std::size_t anchors : {std::size_t{1}, std::size_t{2}}) {
    const Size cells = {7, 5};
    const std::size_t count = 35 * anchors;
    const std::vector<float> scores = random_floats(count, 0, 1, random);
    const std::vector<float> boxes = random_floats(4 * count, 0, 6, random);
    const std::vector<float> landmarks = random_floats(10 * count, -3, 3, random);
    const ScrfdLevel level = {16, cells, anchors, scores, boxes, landmarks};
    std::vector<FaceDetection> found;
    decode_scrfd(level, 0.5F, found);
    const std::vector<FaceDetection> expected = naive::decode_scrfd(level, 0.5F);
    ASSERT_EQ(found.size(), expected.size());
    ASSERT_FALSE(found.empty());
    for (std::size_t i = 0; i < found.size(); ++i) expect_near(found[i], expected[i]);
  }
}

// What a network must say so that this face comes out, put where it must say it.
TEST(DecodeScrfdTest, AFaceComesBackAsItWasWritten) {
  const Size cells = {40, 30};
  std::vector<float> scores(2400, 0);
  std::vector<float> boxes(9600, 1);
  std::vector<float> landmarks(24000, 0);
  const std::size_t anchor = (12 * 40 + 15) * 2 + 1;  // the second one of the cell at (120, 96)
  scores[anchor] = example.score;
  const float x = 120;
  const float y = 96;
  boxes[4 * anchor] = (x - example.box.left) / 8;
  boxes[4 * anchor + 1] = (y - example.box.top) / 8;
  boxes[4 * anchor + 2] = (example.box.right() - x) / 8;
  boxes[4 * anchor + 3] = (example.box.bottom() - y) / 8;
  for (std::size_t j = 0; j < 5; ++j) {
    landmarks[10 * anchor + 2 * j] = (example.landmarks[j].x - x) / 8;
    landmarks[10 * anchor + 2 * j + 1] = (example.landmarks[j].y - y) / 8;
  }
  std::vector<FaceDetection> found;
  decode_scrfd({8, cells, 2, scores, boxes, landmarks}, 0.5F, found);
  ASSERT_EQ(found.size(), 1U);
  expect_near(found[0], example);
}

TEST(DecodeRetinaFaceTest, CountsItsAnchors) {
  EXPECT_EQ(retinaface_anchors({640, 640}), 16800U);
  for (const Size input : {Size{320, 320}, Size{640, 384}, Size{544, 960}}) {
    EXPECT_EQ(retinaface_anchors(input), naive::retinaface_anchors(input).size());
  }
}

// Every anchor in turn is told to see the same face.
TEST(DecodeRetinaFaceTest, AFaceComesBackAsItWasWrittenFromAnyAnchor) {
  const Size input = {160, 96};
  const std::vector<naive::Anchor> anchors = naive::retinaface_anchors(input);
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const naive::Anchor& anchor = anchors[i];
    std::vector<float> boxes(4 * anchors.size(), 0);
    std::vector<float> scores(2 * anchors.size(), 0);
    std::vector<float> landmarks(10 * anchors.size(), 0);
    scores[2 * i] = 1 - example.score;
    scores[2 * i + 1] = example.score;
    boxes[4 * i] = (example.box.centre().x - anchor.x) / (0.1F * anchor.side);
    boxes[4 * i + 1] = (example.box.centre().y - anchor.y) / (0.1F * anchor.side);
    boxes[4 * i + 2] = std::log(example.box.width / anchor.side) / 0.2F;
    boxes[4 * i + 3] = std::log(example.box.height / anchor.side) / 0.2F;
    for (std::size_t j = 0; j < 5; ++j) {
      landmarks[10 * i + 2 * j] = (example.landmarks[j].x - anchor.x) / (0.1F * anchor.side);
      landmarks[10 * i + 2 * j + 1] = (example.landmarks[j].y - anchor.y) / (0.1F * anchor.side);
    }
    std::vector<FaceDetection> found;
    decode_retinaface({input, boxes, scores, landmarks}, 0.5F, found);
    ASSERT_EQ(found.size(), 1U) << i;
    expect_near(found[0], example);
  }
}

TEST(DecodeAnchorsTest, WhatIsNoNumberIsNoFace) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> values(10, 0);
  std::vector<FaceDetection> found;
  decode_scrfd({8, {1, 1}, 1, std::vector<float>{nan}, values, values}, 0.5F, found);
  const Size input = {32, 32};
  const std::size_t count = retinaface_anchors(input);
  const std::vector<float> boxes(4 * count, 1000);
  std::vector<float> scores(2 * count, nan);
  const std::vector<float> landmarks(10 * count, 0);
  decode_retinaface({input, boxes, scores, landmarks}, 0.5F, found);
  EXPECT_TRUE(found.empty());
  scores[1] = 0.8F;
  decode_retinaface({input, boxes, scores, landmarks}, 0.5F, found);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(std::isfinite(found[0].box.width));
}

}  // namespace
}  // namespace likeness::detect

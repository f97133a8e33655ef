#include "embed/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace likeness::embed {
namespace {

const std::vector<infer::CalibrationPoint> points = {
    {.false_match_rate = 1e-1, .cosine = 0.1F, .similarity = 5},
    {.false_match_rate = 1e-3, .cosine = 0.3F, .similarity = 35},
    {.false_match_rate = 1e-8, .cosine = 0.6F, .similarity = 99, .extrapolated = true},
};

TEST(CalibrationTest, GoesThroughThePointsAndStraightBetween) {
  const Calibration calibration = *Calibration::create(points);
  EXPECT_FLOAT_EQ(calibration.similarity(0.1F), 5);
  EXPECT_FLOAT_EQ(calibration.similarity(0.3F), 35);
  EXPECT_FLOAT_EQ(calibration.similarity(0.6F), 99);
  EXPECT_NEAR(calibration.similarity(0.2F), 20, 1e-4);
  EXPECT_NEAR(calibration.similarity(0.8F), 99.5, 1e-4);
}

TEST(CalibrationTest, EndsAt0And100) {
  const Calibration calibration = *Calibration::create(points);
  EXPECT_EQ(calibration.similarity(-1), 0);
  EXPECT_EQ(calibration.similarity(1), 100);
  EXPECT_EQ(calibration.similarity(1.0001F), 100);
  EXPECT_EQ(calibration.similarity(-2), 0);
  EXPECT_EQ(calibration.similarity(std::numeric_limits<float>::quiet_NaN()), 0);
  EXPECT_EQ(calibration.cosine(0), -1);
  EXPECT_EQ(calibration.cosine(100), 1);
}

TEST(CalibrationTest, NeverFallsAndInverts) {
  const Calibration calibration = *Calibration::create(points);
  float last = -1;
  for (int i = -1000; i <= 1000; ++i) {
    const float cosine = static_cast<float>(i) / 1000;
    const float similarity = calibration.similarity(cosine);
    EXPECT_GE(similarity, last);
    EXPECT_NEAR(calibration.cosine(similarity), cosine, 1e-3);
    last = similarity;
  }
}

TEST(CalibrationTest, NeedsTwoPoints) {
  EXPECT_FALSE(Calibration::create({}).ok());
  EXPECT_FALSE(Calibration::create({points[0]}).ok());
}

}  // namespace
}  // namespace likeness::embed

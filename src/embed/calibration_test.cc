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

TEST(CalibrationTest, DistancesBetweenBlurredFacesCountMore) {
  const Calibration calibration = *Calibration::create(points, {{.sharpness = 10, .distance_factor = 3},
                                                                {.sharpness = 20, .distance_factor = 2},
                                                                {.sharpness = 40, .distance_factor = 1}});
  EXPECT_EQ(calibration.distance_factor(0), 3);
  EXPECT_EQ(calibration.distance_factor(10), 3);
  EXPECT_FLOAT_EQ(calibration.distance_factor(15), 2.5F);
  EXPECT_FLOAT_EQ(calibration.distance_factor(30), 1.5F);
  EXPECT_EQ(calibration.distance_factor(40), 1);
  EXPECT_EQ(calibration.distance_factor(100), 1);
  EXPECT_EQ(calibration.distance_factor(std::numeric_limits<float>::quiet_NaN()), 1);
  EXPECT_FLOAT_EQ(calibration.effective_cosine(0.8F, 20), 0.6F);
  EXPECT_FLOAT_EQ(calibration.similarity(0.8F, 20), calibration.similarity(0.6F));
  EXPECT_EQ(calibration.similarity(0.3F, 100), calibration.similarity(0.3F));
  // The same picture stays the same picture, and nothing rises.
  EXPECT_EQ(calibration.similarity(1, 0), 100);
  for (int i = -10; i <= 10; ++i) {
    const float cosine = static_cast<float>(i) / 10;
    float last = 0;
    for (int sharpness = 0; sharpness <= 100; sharpness += 5) {
      const float similarity = calibration.similarity(cosine, static_cast<float>(sharpness));
      EXPECT_GE(similarity, last);
      EXPECT_LE(similarity, calibration.similarity(cosine));
      last = similarity;
    }
  }
}

TEST(CalibrationTest, KnowsHowManyStrangersMatchAsWell) {
  const Calibration calibration = *Calibration::create(points);
  EXPECT_NEAR(calibration.false_match_rate(5), 1e-1, 1e-5);
  EXPECT_NEAR(calibration.false_match_rate(35), 1e-3, 1e-7);
  EXPECT_NEAR(calibration.false_match_rate(99), 1e-8, 1e-11);
  EXPECT_NEAR(calibration.false_match_rate(20), 1e-2, 1e-5);
  EXPECT_NEAR(calibration.false_match_rate(0), 1, 1e-6);
  EXPECT_EQ(calibration.highest_measured(), 35);
  double last = 2;
  for (int similarity = 0; similarity <= 100; ++similarity) {
    const double rate = calibration.false_match_rate(static_cast<float>(similarity));
    EXPECT_LT(rate, last) << similarity;
    EXPECT_GT(rate, 0);
    last = rate;
  }
}

TEST(CalibrationTest, NeedsTwoPoints) {
  EXPECT_FALSE(Calibration::create({}).ok());
  EXPECT_FALSE(Calibration::create({points[0]}).ok());
}

}  // namespace
}  // namespace likeness::embed

#include "embed/face_quality.h"

#include <gtest/gtest.h>

#include <cmath>

namespace likeness::embed {
namespace {

constexpr infer::QualityModel model = {.intercept = -10, .norm = 2.5F, .sharpness = 5, .cover = -2};

TEST(FaceQuality, IsTheChanceOfTheLogisticModel) {
  EXPECT_NEAR(face_quality(model, {.norm = 4, .sharpness = 0, .cover = 0}), 50, 1e-4);
  EXPECT_NEAR(face_quality(model, {.norm = 4, .sharpness = 100, .cover = 0}), 100 / (1 + std::exp(-5.0)), 1e-3);
  EXPECT_NEAR(face_quality(model, {.norm = 4, .sharpness = 25, .cover = 1}), 100 / (1 + std::exp(-0.5)), 1e-3);
}

TEST(FaceQuality, RisesWithNormAndSharpnessAndFallsWithCover) {
  float last = 0;
  for (int i = 0; i <= 20; ++i) {
    const auto at = static_cast<float>(i);
    const float quality = face_quality(model, {.norm = at / 4, .sharpness = 60, .cover = 0.2F});
    EXPECT_GT(quality, last);
    EXPECT_LT(quality, 100.0001F);
    EXPECT_GE(face_quality(model, {.norm = at / 4, .sharpness = 80, .cover = 0.2F}), quality);
    EXPECT_LE(face_quality(model, {.norm = at / 4, .sharpness = 60, .cover = 0.9F}), quality);
    last = quality;
  }
}

TEST(FaceQuality, SharpnessOutOfRangeCountsAsTheNearest) {
  EXPECT_EQ(face_quality(model, {.norm = 3, .sharpness = -5, .cover = 0}),
            face_quality(model, {.norm = 3, .sharpness = 0, .cover = 0}));
  EXPECT_EQ(face_quality(model, {.norm = 3, .sharpness = 500, .cover = 0}),
            face_quality(model, {.norm = 3, .sharpness = 100, .cover = 0}));
}

}  // namespace
}  // namespace likeness::embed

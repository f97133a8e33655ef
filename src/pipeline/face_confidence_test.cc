#include "pipeline/face_confidence.h"

#include <gtest/gtest.h>

#include <cmath>

namespace likeness::pipeline {
namespace {

constexpr infer::ConfidenceModel model = {.constant = -4, .detector = 5, .mesh = 0.5F};

TEST(FaceConfidence, NeverFallsWithEitherScore) {
  for (const std::optional<infer::ConfidenceModel>& each :
       {std::optional(model), std::optional<infer::ConfidenceModel>()}) {
    for (int d = 0; d < 20; ++d) {
      for (int m = 0; m < 20; ++m) {
        const auto at = [&](int detector, int mesh) {
          return face_confidence(each, static_cast<float>(detector) / 20, static_cast<float>(mesh) / 20);
        };
        EXPECT_LE(at(d, m), at(d + 1, m));
        EXPECT_LE(at(d, m), at(d, m + 1));
        EXPECT_GE(at(d, m), 0);
        EXPECT_LE(at(d + 1, m + 1), 100);
      }
    }
  }
}

TEST(FaceConfidence, IsTheLogisticModelsChance) {
  EXPECT_NEAR(face_confidence(model, 0.5F, 0.5F), 100 / (1 + std::exp(4.0)), 1e-3);
  const double log_odds = -4 + 5 * std::log(0.8 / 0.2) + 0.5 * std::log(0.9 / 0.1);
  EXPECT_NEAR(face_confidence(model, 0.8F, 0.9F), 100 / (1 + std::exp(-log_odds)), 1e-3);
  // Nothing is certain: scores of 0 and 1 count as nearly so.
  EXPECT_EQ(face_confidence(model, 1, 1), face_confidence(model, 0.99F, 0.9999F));
  EXPECT_EQ(face_confidence(model, 0, 0), face_confidence(model, 0.01F, 0.01F));
}

TEST(FaceConfidence, WithoutAModelBothAreWitnesses) {
  EXPECT_EQ(face_confidence({}, 0, 0), 0);
  EXPECT_EQ(face_confidence({}, 1, 0.5F), 100);
  EXPECT_NEAR(face_confidence({}, 0.6F, 0.5F), 80, 1e-4);
}

}  // namespace
}  // namespace likeness::pipeline

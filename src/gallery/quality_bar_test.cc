#include "gallery/quality_bar.h"

#include <gtest/gtest.h>

namespace likeness::gallery {
namespace {

pipeline::AnalyzedFace good_face() {
  pipeline::AnalyzedFace face;
  face.confidence = 100;
  face.description.emplace();
  face.description->quality = {.brightness = 50, .sharpness = 85};
  return face;
}

constexpr QualityBar rising[] = {QualityBar::none, QualityBar::low, QualityBar::medium, QualityBar::high};

TEST(QualityBarTest, AGoodFaceMeetsEveryBar) {
  for (const QualityBar bar : rising) EXPECT_TRUE(meets(good_face(), bar));
  EXPECT_TRUE(meets(good_face(), QualityBar::automatic));
}

TEST(QualityBarTest, BlurDarknessAndATurnedHeadAreKeptOut) {
  pipeline::AnalyzedFace blurred = good_face();
  blurred.description->quality.sharpness = 8;
  pipeline::AnalyzedFace dark = good_face();
  dark.description->quality.brightness = 5;
  pipeline::AnalyzedFace profile = good_face();
  profile.description->pose.yaw = -85;
  for (const auto& face : {blurred, dark, profile}) {
    EXPECT_TRUE(meets(face, QualityBar::none));
    EXPECT_FALSE(meets(face, QualityBar::automatic));
    EXPECT_FALSE(meets(face, QualityBar::high));
  }
}

TEST(QualityBarTest, AFaceThatIsHardToRecogniseIsOfLowQualityForNoOtherReason) {
  pipeline::AnalyzedFace face = good_face();
  face.quality = 30;
  EXPECT_TRUE(shortcomings(face, QualityBar::none).empty());
  EXPECT_EQ(shortcomings(face, QualityBar::automatic), std::vector{Shortcoming::low_face_quality});
  face.quality = 85;
  EXPECT_TRUE(meets(face, QualityBar::medium));
  EXPECT_FALSE(meets(face, QualityBar::high));
}

// Whatever a bar keeps out, the higher ones keep out too.
TEST(QualityBarTest, BarsRise) {
  for (int sharpness = 0; sharpness <= 100; sharpness += 5) {
    for (int yaw = -90; yaw <= 90; yaw += 10) {
      pipeline::AnalyzedFace face = good_face();
      face.description->quality.sharpness = static_cast<float>(sharpness);
      face.description->pose.yaw = static_cast<float>(yaw);
      for (std::size_t i = 1; i < std::size(rising); ++i) {
        EXPECT_TRUE(meets(face, rising[i - 1]) || !meets(face, rising[i]));
      }
    }
  }
}

}  // namespace
}  // namespace likeness::gallery

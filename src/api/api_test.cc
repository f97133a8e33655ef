#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/face_details.h"
#include "api/operations.h"

namespace likeness::api {
namespace {

TEST(OperationsTest, TheDispatchTableAnswersWhatTheCoveragePageSays) {
  for (const wire::Operation operation : wire::all_operations()) {
    EXPECT_EQ(is_answered(operation), wire::implemented(operation)) << wire::name(operation);
  }
}

// describe's landmarks are in the order of this enumeration: the names at both ends and in the middle pin it down.
TEST(FaceDetailsTest, LandmarkOrderIsThatOfTheContract) {
  EXPECT_EQ(wire::name(static_cast<wire::LandmarkType>(0)), "eyeLeft");
  EXPECT_EQ(wire::name(static_cast<wire::LandmarkType>(4)), "mouthRight");
  EXPECT_EQ(wire::name(static_cast<wire::LandmarkType>(23)), "leftPupil");
  EXPECT_EQ(wire::name(static_cast<wire::LandmarkType>(describe::landmark_count - 1)), "upperJawlineRight");
}

TEST(FaceDetailsTest, AttributesAreThoseAskedFor) {
  pipeline::AnalyzedFace face;
  face.description.emplace();
  face.description->smile = describe::Judgement{.value = true, .confidence = 90};
  face.description->eyes_open = describe::Judgement{.value = true, .confidence = 80};
  const Size picture{100, 100};
  const wire::Attribute smile[] = {wire::Attribute::default_, wire::Attribute::smile};
  const wire::FaceDetail one = to_face_detail(face, picture, AttributeSet(smile));
  EXPECT_TRUE(one.smile.has_value());
  EXPECT_FALSE(one.eyes_open.has_value());
  EXPECT_TRUE(one.pose.has_value());
  const wire::Attribute all[] = {wire::Attribute::all};
  EXPECT_TRUE(to_face_detail(face, picture, AttributeSet(all)).eyes_open.has_value());
  EXPECT_FALSE(to_face_detail(face, picture, AttributeSet({})).smile.has_value());
}

}  // namespace
}  // namespace likeness::api

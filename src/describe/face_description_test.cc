#include "describe/face_description.h"

#include <gtest/gtest.h>

#include "describe/synthetic_mesh.h"

namespace likeness::describe {
namespace {

Image grey() {
  Image image({240, 240});
  image.fill(120, 150, 200);
  return image;
}

TEST(FaceDescription, HasAllLandmarksWhereTheMeshHasThem) {
  const FaceMesh mesh = synthetic_mesh({.pose = {5, 10, -5}, .iris = {0.1F, 0.05F}});
  const FaceDescription face = describe_face(grey(), {30, 20, 180, 220}, mesh);
  const auto expect_at = [&](std::size_t landmark, std::size_t index) {
    EXPECT_EQ(face.landmarks[landmark].x, mesh.points[index].x) << landmark;
    EXPECT_EQ(face.landmarks[landmark].y, mesh.points[index].y) << landmark;
  };
  expect_at(2, 4);     // nose
  expect_at(3, 61);    // mouthLeft
  expect_at(4, 291);   // mouthRight
  expect_at(7, 105);   // leftEyeBrowUp
  expect_at(8, 336);   // rightEyeBrowLeft
  expect_at(11, 33);   // leftEyeLeft
  expect_at(18, 374);  // rightEyeDown
  expect_at(21, 0);    // mouthUp
  expect_at(27, 152);  // chinBottom
  expect_at(29, 454);  // upperJawlineRight
  EXPECT_EQ(face.landmarks[23], mesh.left_eye.iris[0]);
  EXPECT_EQ(face.landmarks[24], mesh.right_eye.iris[0]);
  // What is left and right in the picture.
  EXPECT_LT(face.landmarks[0].x, face.landmarks[1].x);
  EXPECT_LT(face.landmarks[5].x, face.landmarks[6].x);
  EXPECT_LT(face.landmarks[8].x, face.landmarks[9].x);
  EXPECT_LT(face.landmarks[25].x, face.landmarks[29].x);
}

TEST(FaceDescription, WithoutIrisesPupilsAreTheMiddlesAndEyesAreNotJudged) {
  const FaceMesh mesh = synthetic_mesh({.with_irises = false});
  const FaceDescription face = describe_face(grey(), {30, 20, 180, 220}, mesh);
  EXPECT_EQ(face.landmarks[23], face.landmarks[0]);
  EXPECT_EQ(face.landmarks[24], face.landmarks[1]);
  EXPECT_FALSE(face.eyes_open);
  EXPECT_FALSE(face.eye_direction);
  EXPECT_TRUE(face.mouth_open);
  EXPECT_TRUE(face.smile);
  EXPECT_TRUE(face.face_occluded);
}

TEST(FaceDescription, OnlyOpenUncoveredEyesHaveADirection) {
  const PixelRect box = {30, 20, 180, 220};
  const FaceDescription open = describe_face(grey(), box, synthetic_mesh({.iris = {0.1F, 0.057F}}));
  ASSERT_TRUE(open.eye_direction);
  EXPECT_NEAR(open.eye_direction->yaw, 15.7, 0.2);
  EXPECT_GT(open.eye_direction->confidence, 50);
  EXPECT_LE(open.eye_direction->confidence, 100);
  const FaceDescription closed = describe_face(grey(), box, synthetic_mesh({.lid_arch = -0.05F}));
  ASSERT_TRUE(closed.eyes_open);
  EXPECT_FALSE(closed.eyes_open->value);
  EXPECT_FALSE(closed.eye_direction);
  FaceMesh covered = synthetic_mesh({});
  covered.score = 0.6F;
  EXPECT_FALSE(describe_face(grey(), box, covered).eye_direction);
}

TEST(FaceDescription, PoseIsThatOfTheMesh) {
  const FaceDescription face = describe_face(grey(), {30, 20, 180, 220}, synthetic_mesh({.pose = {-20, 30, 10}}));
  EXPECT_NEAR(face.pose.roll, -20, 0.5);
  EXPECT_NEAR(face.pose.yaw, 30, 0.5);
  EXPECT_NEAR(face.pose.pitch, 10, 0.5);
}

}  // namespace
}  // namespace likeness::describe

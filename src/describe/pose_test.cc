#include "describe/pose.h"

#include <gtest/gtest.h>

#include <cmath>

#include "describe/synthetic_mesh.h"

namespace likeness::describe {
namespace {

Pose pose_of(const FaceMesh& mesh) { return estimate_pose(mesh, fit_head_frame(mesh)); }

float difference(float a, float b) { return std::abs(std::remainder(a - b, 360.0F)); }

TEST(HeadFrame, MeanFaceIsCentredAndSymmetric) {
  Point3 sum;
  for (const MeanFacePoint& p : mean_face()) {
    sum.x += p.position.x;
    sum.y += p.position.y;
    sum.z += p.position.z;
  }
  EXPECT_NEAR(sum.x, 0, 1e-5);
  EXPECT_NEAR(sum.y, 0, 5e-3);
  EXPECT_NEAR(sum.z, 0, 5e-3);
}

TEST(HeadFrame, RecoversScaleAndPlaceAndLeadsBack) {
  const SyntheticFace face = {.pose = {-35, 28, 12}, .scale = 37, .origin = {400, -20, 9}};
  const HeadFrame frame = fit_head_frame(synthetic_mesh(face));
  EXPECT_NEAR(frame.scale, 37, 0.01);
  EXPECT_NEAR(frame.origin.x, 400, 0.05);
  EXPECT_NEAR(frame.origin.y, -20, 0.05);
  const Point3 nose = {0.1F, 0.3F, -0.4F};
  const Point3 back = frame.to_front(place(nose, face));
  EXPECT_NEAR(back.x, nose.x, 2e-3);
  EXPECT_NEAR(back.y, nose.y, 2e-3);
  EXPECT_NEAR(back.z, nose.z, 2e-3);
}

TEST(HeadFrame, DegenerateMeshGivesTheIdentity) {
  FaceMesh mesh{};
  EXPECT_EQ(fit_head_frame(mesh).scale, 1);
  mesh.points.fill({NAN, 3, 4});
  EXPECT_EQ(fit_head_frame(mesh).scale, 1);
  const Pose pose = pose_of(mesh);
  EXPECT_EQ(pose.roll, 0);
  EXPECT_EQ(pose.yaw, 0);
  EXPECT_EQ(pose.pitch, 0);
}

TEST(Pose, RecoversKnownAngles) {
  for (float roll = -170; roll <= 180; roll += 35) {
    for (float yaw = -75; yaw <= 75; yaw += 15) {
      for (float pitch = -45; pitch <= 45; pitch += 15) {
        const Pose pose = pose_of(synthetic_mesh({.pose = {roll, yaw, pitch}}));
        ASSERT_LT(difference(pose.roll, roll), 0.5F) << roll << ' ' << yaw << ' ' << pitch;
        ASSERT_LT(difference(pose.yaw, yaw), 0.5F) << roll << ' ' << yaw << ' ' << pitch;
        ASSERT_LT(difference(pose.pitch, pitch), 0.5F) << roll << ' ' << yaw << ' ' << pitch;
      }
    }
  }
}

TEST(Pose, SignsAreThoseOfRekognition) {
  // A nose tip that moves to the right edge is a positive yaw, one that moves up a positive pitch; the eye on the right
  // lower than the eye on the left is a positive roll.
  const auto nose = [](const Pose& pose) { return synthetic_mesh({.pose = pose}).points[4]; };
  EXPECT_GT(nose({0, 20, 0}).x, nose({}).x);
  EXPECT_LT(nose({0, 0, 20}).y, nose({}).y);
  const FaceMesh leaning = synthetic_mesh({.pose = {20, 0, 0}});
  EXPECT_GT(leaning.points[263].y, leaning.points[33].y);
}

TEST(Pose, DoesNotChangeWithSizeOrPlace) {
  const Pose expected = pose_of(synthetic_mesh({.pose = {10, 30, -15}}));
  for (const float scale : {2.0F, 50.0F, 3000.0F}) {
    const Pose pose = pose_of(synthetic_mesh({.pose = {10, 30, -15}, .scale = scale, .origin = {9 * scale, 4, scale}}));
    EXPECT_NEAR(pose.roll, expected.roll, 0.05);
    EXPECT_NEAR(pose.yaw, expected.yaw, 0.05);
    EXPECT_NEAR(pose.pitch, expected.pitch, 0.05);
  }
}

TEST(Pose, MirroredFaceHasMirroredPose) {
  // Mirroring a turned mean face is turning it the other way: compare both estimates.
  const Pose right = pose_of(synthetic_mesh({.pose = {12, 33, 8}}));
  const Pose left = pose_of(synthetic_mesh({.pose = {-12, -33, 8}}));
  EXPECT_NEAR(right.roll, -left.roll, 0.05);
  EXPECT_NEAR(right.yaw, -left.yaw, 0.05);
  EXPECT_NEAR(right.pitch, left.pitch, 0.05);
}

}  // namespace
}  // namespace likeness::describe

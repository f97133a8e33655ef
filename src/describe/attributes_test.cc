#include "describe/attributes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "describe/eye_direction.h"
#include "describe/synthetic_mesh.h"

namespace likeness::describe {
namespace {

// From -1 (surely no) to 1 (surely yes).
float signed_confidence(const Judgement& judgement) {
  return (judgement.value ? judgement.confidence : -judgement.confidence) / 100;
}

MouthShape mouth_of(const SyntheticFace& face) {
  const FaceMesh mesh = synthetic_mesh(face);
  return mouth_shape(mesh, fit_head_frame(mesh));
}

TEST(Attributes, ConfidenceIsBetween50And100AndFollowsTheMeasure) {
  float last = -2;
  for (float arch = -0.3F; arch < 0.5F; arch += 0.02F) {
    const Judgement judgement = judge_eyes_open(arch);
    EXPECT_GE(judgement.confidence, 50);
    EXPECT_LE(judgement.confidence, 100);
    EXPECT_GE(signed_confidence(judgement), last);
    last = signed_confidence(judgement);
  }
  EXPECT_FALSE(judge_eyes_open(-0.1F).value);
  EXPECT_TRUE(judge_eyes_open(0.2F).value);
  EXPECT_EQ(judge_mouth_open(NAN).confidence, 50);
}

TEST(Attributes, LidArchIsThatOfTheLidsHoweverTheHeadLeans) {
  for (const float roll : {-120.0F, 0.0F, 45.0F, 175.0F}) {
    for (const float arch : {-0.05F, 0.0F, 0.1F, 0.25F}) {
      const auto measured = lid_arch(synthetic_mesh({.pose = {roll, 0, 0}, .lid_arch = arch}));
      ASSERT_TRUE(measured);
      EXPECT_NEAR(*measured, arch, 1e-3) << roll;
    }
  }
}

TEST(Attributes, NoIrisesNoAnswer) {
  const FaceMesh mesh = synthetic_mesh({.with_irises = false});
  EXPECT_FALSE(lid_arch(mesh));
  EXPECT_FALSE(estimate_eye_direction(mesh));
}

TEST(Attributes, OpeningTheMouthIsSeen) {
  float last = -1;
  for (float gap = 0; gap < 0.4F; gap += 0.04F) {
    const float measured = lip_gap(synthetic_mesh({.lip_gap = gap}));
    EXPECT_GT(measured, last);
    last = measured;
  }
  EXPECT_FALSE(judge_mouth_open(lip_gap(synthetic_mesh({.lip_gap = 0.01F}))).value);
  EXPECT_TRUE(judge_mouth_open(lip_gap(synthetic_mesh({.lip_gap = 0.15F}))).value);
  EXPECT_EQ(lip_gap(FaceMesh{}), 0);
}

TEST(Attributes, MouthShapeIsTheSameForATurnedHead) {
  const MouthShape front = mouth_of({});
  for (const Pose& pose : {Pose{0, 40, 0}, Pose{30, -20, 20}, Pose{-90, 0, -25}}) {
    const MouthShape turned = mouth_of({.pose = pose, .scale = 40});
    EXPECT_NEAR(turned.width, front.width, 5e-3);
    EXPECT_NEAR(turned.corner_height, front.corner_height, 5e-3);
    EXPECT_NEAR(turned.corner_depth, front.corner_depth, 5e-3);
  }
}

TEST(Attributes, WideningTheMouthTowardsASmile) {
  float last = -2;
  for (float smile = -0.08F; smile < 0.1F; smile += 0.02F) {
    const float now = signed_confidence(judge_smile(mouth_of({.smile = smile})));
    EXPECT_GT(now, last);
    last = now;
  }
  EXPECT_FALSE(judge_smile(mouth_of({.smile = -0.06F})).value);
  EXPECT_TRUE(judge_smile(mouth_of({.smile = 0.08F})).value);
}

// A skin-coloured picture with a black bar over the eyes if asked.
Image skin(bool bar) {
  Image image({240, 240});
  image.fill(120, 150, 200);
  for (int y = 75; bar && y < 125; ++y) std::fill_n(image.row(y), 240 * 3, std::uint8_t{25});
  return image;
}

TEST(Attributes, DarkGlassesCoverTheFaceAndBareSkinDoesNot) {
  const FaceMesh mesh = synthetic_mesh({});
  const PixelRect box = {30, 20, 180, 220};
  const CoverCues bare = cover_cues(FaceChip(skin(false), box, mesh), mesh);
  EXPECT_NEAR(bare.eye_darkness, 0, 0.02);
  EXPECT_NEAR(bare.eye_tint, 0, 0.02);
  EXPECT_FALSE(judge_face_occluded(bare).value);
  const CoverCues glasses = cover_cues(FaceChip(skin(true), box, mesh), mesh);
  EXPECT_GT(glasses.eye_darkness, 0.5F);
  EXPECT_TRUE(judge_face_occluded(glasses).value);
}

TEST(Attributes, AMeshInDoubtSpeaksForACover) {
  FaceMesh mesh = synthetic_mesh({});
  const FaceChip chip(skin(false), {30, 20, 180, 220}, mesh);
  float last = -2;
  for (const float score : {1.0F, 0.999F, 0.99F, 0.9F, 0.6F}) {
    mesh.score = score;
    const float now = signed_confidence(judge_face_occluded(cover_cues(chip, mesh)));
    EXPECT_GT(now, last);
    last = now;
  }
  EXPECT_TRUE(judge_face_occluded(cover_cues(chip, mesh)).value);
}

TEST(EyeDirection, IsZeroStraightAheadAndFollowsTheIris) {
  const auto look = [](float x, float y, float roll) {
    return *estimate_eye_direction(synthetic_mesh({.pose = {roll, 0, 0}, .iris = {x, 0.057F + y}}));
  };
  for (const float roll : {0.0F, -60.0F, 90.0F}) {
    EXPECT_NEAR(look(0, 0, roll).yaw, 0, 0.1);
    EXPECT_NEAR(look(0, 0, roll).pitch, 0, 0.1);
    EXPECT_NEAR(look(0.185F, 0, roll).yaw, 30, 0.2);
    EXPECT_NEAR(look(-0.185F, 0, roll).yaw, -30, 0.2);
    EXPECT_NEAR(look(0, 0.185F, roll).pitch, 30, 0.2);
  }
  EXPECT_EQ(look(5, -5, 0).yaw, 90);
  EXPECT_EQ(look(5, -5, 0).pitch, -90);
}

}  // namespace
}  // namespace likeness::describe

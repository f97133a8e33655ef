// What can be said of a face from its mesh, irises and pixels: landmarks, pose, quality and the attributes that
// geometry gives.
//
// No emotion, race or ethnicity, ever. An attribute that was measured to be no better than a constant, or that cannot
// be judged on this face, is absent. Methods, truth and errors: docs/attributes.md.
//
// Thread rule: plain values, and a pure function.
#pragma once

#include <array>
#include <optional>

#include "image/face_mesh.h"
#include "image/geometry.h"
#include "image/image.h"

namespace likeness::describe {

// Degrees. Signs as in Rekognition: roll positive when the head leans clockwise in the picture, yaw positive when the
// face turns to the right edge of the picture, pitch positive when it looks up. (Read off published answers of
// Rekognition that carry both landmarks and pose; docs/attributes.md.)
struct Pose {
  float roll = 0;   // [-180,180]
  float yaw = 0;    // [-90,90]
  float pitch = 0;  // [-180,180]
};

// See quality.h for what the numbers mean.
struct Quality {
  float brightness = 0;  // 0..100
  float sharpness = 0;   // 0..100
};

// A yes or no with its confidence, 50..100 per cent.
struct Judgement {
  bool value = false;
  float confidence = 0;
};

// Of both eyes together, relative to the head.
struct EyeDirection {
  float yaw = 0;         // degrees, positive to the right edge of the picture
  float pitch = 0;       // degrees, positive upward; hardly better than 0 (docs/attributes.md)
  float confidence = 0;  // 0..100: that there are open, uncovered eyes to judge by; says nothing of the angles' error
};

// Rekognition's 30 landmarks in the order of its LandmarkType enumeration (the wire room has the names).
inline constexpr int landmark_count = 30;

struct FaceDescription {
  std::array<Point, landmark_count> landmarks;  // pixels of the picture
  Pose pose;
  Quality quality;
  std::optional<Judgement> eyes_open;
  std::optional<Judgement> mouth_open;
  std::optional<Judgement> smile;
  std::optional<Judgement> face_occluded;
  std::optional<EyeDirection> eye_direction;
};

// `box`: the detector's, pixels of the picture. A mesh whose irises were not looked for (all zero) has its pupils in
// the middle of the eyes, and neither eyes_open nor eye_direction. Precondition: the picture is not empty.
[[nodiscard]] FaceDescription describe_face(const Image& image, const PixelRect& box, const FaceMesh& mesh);

}  // namespace likeness::describe

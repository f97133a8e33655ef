#include "describe/face_description.h"

#include "describe/attributes.h"
#include "describe/eye_direction.h"
#include "describe/face_chip.h"
#include "describe/head_frame.h"
#include "describe/landmarks.h"
#include "describe/pose.h"
#include "describe/quality.h"

namespace likeness::describe {
namespace {

// The probability of `value`, 0..1.
float probability(const Judgement& judgement, bool value) {
  return (judgement.value == value ? judgement.confidence : 100 - judgement.confidence) / 100;
}

}  // namespace

FaceDescription describe_face(const Image& image, const PixelRect& box, const FaceMesh& mesh) {
  FaceDescription description;
  description.landmarks = find_landmarks(mesh);
  const HeadFrame frame = fit_head_frame(mesh);
  description.pose = estimate_pose(mesh, frame);
  const FaceChip chip(image, box, mesh);
  description.quality = measure_quality(chip);
  description.mouth_open = judge_mouth_open(lip_gap(mesh));
  description.smile = judge_smile(mouth_shape(mesh, frame));
  description.face_occluded = judge_face_occluded(cover_cues(chip, mesh));
  const std::optional<float> arch = lid_arch(mesh);
  if (!arch) return description;
  description.eyes_open = judge_eyes_open(*arch);
  // Closed or covered eyes have no direction.
  const float visible = probability(*description.eyes_open, true) * probability(*description.face_occluded, false);
  if (visible > 0.5F) {
    description.eye_direction = estimate_eye_direction(mesh);
    if (description.eye_direction) description.eye_direction->confidence = 100 * visible;
  }
  return description;
}

}  // namespace likeness::describe

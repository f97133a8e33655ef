#include "api/face_details.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace likeness::api {

namespace {

constexpr std::uint32_t bit(wire::Attribute attribute) { return 1U << static_cast<std::uint32_t>(attribute); }

// The first `count` landmarks. describe's order is that of wire::LandmarkType, whose first five are eyes, nose and
// mouth.
std::vector<wire::Landmark> to_landmarks(const describe::FaceDescription& description, Size picture,
                                         std::size_t count) {
  std::vector<wire::Landmark> landmarks;
  landmarks.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Point& point = description.landmarks.at(i);
    landmarks.push_back({.type = static_cast<wire::LandmarkType>(i),
                         .x = point.x / static_cast<float>(picture.width),
                         .y = point.y / static_cast<float>(picture.height)});
  }
  return landmarks;
}

wire::Pose to_pose(const describe::Pose& pose) { return {.roll = pose.roll, .yaw = pose.yaw, .pitch = pose.pitch}; }

wire::ImageQuality to_quality(const describe::Quality& quality) {
  return {.brightness = quality.brightness, .sharpness = quality.sharpness};
}

template <typename Attribute>
std::optional<Attribute> to_attribute(const std::optional<describe::Judgement>& judgement) {
  if (!judgement) return std::nullopt;
  return Attribute{.value = judgement->value, .confidence = judgement->confidence};
}

}  // namespace

AttributeSet::AttributeSet(std::span<const wire::Attribute> asked) {
  for (const wire::Attribute attribute : asked) {
    bits_ |= attribute == wire::Attribute::all ? ~0U : bit(attribute);
  }
}

bool AttributeSet::has(wire::Attribute attribute) const { return (bits_ & bit(attribute)) != 0; }

wire::BoundingBox to_bounding_box(const UnitRect& box) {
  return {.width = box.width, .height = box.height, .left = box.left, .top = box.top};
}

wire::FaceDetail to_face_detail(const pipeline::AnalyzedFace& face, Size picture, AttributeSet attributes) {
  const describe::FaceDescription& description = *face.description;
  wire::FaceDetail detail;
  detail.bounding_box = to_bounding_box(face.box);
  detail.confidence = face.confidence;
  detail.landmarks = to_landmarks(description, picture, describe::landmark_count);
  detail.pose = to_pose(description.pose);
  detail.quality = to_quality(description.quality);
  using wire::Attribute;
  if (attributes.has(Attribute::eyes_open)) detail.eyes_open = to_attribute<wire::EyeOpen>(description.eyes_open);
  if (attributes.has(Attribute::mouth_open)) detail.mouth_open = to_attribute<wire::MouthOpen>(description.mouth_open);
  if (attributes.has(Attribute::smile)) detail.smile = to_attribute<wire::Smile>(description.smile);
  if (attributes.has(Attribute::face_occluded)) {
    detail.face_occluded = to_attribute<wire::FaceOccluded>(description.face_occluded);
  }
  if (attributes.has(Attribute::eye_direction) && description.eye_direction) {
    const describe::EyeDirection& gaze = *description.eye_direction;
    detail.eye_direction = wire::EyeDirection{.yaw = gaze.yaw, .pitch = gaze.pitch, .confidence = gaze.confidence};
  }
  return detail;
}

wire::ComparedFace to_compared_face(const pipeline::AnalyzedFace& face, Size picture) {
  constexpr std::size_t compared_landmarks = 5;
  const describe::FaceDescription& description = *face.description;
  wire::ComparedFace compared;
  compared.bounding_box = to_bounding_box(face.box);
  compared.confidence = face.confidence;
  compared.landmarks = to_landmarks(description, picture, compared_landmarks);
  compared.pose = to_pose(description.pose);
  compared.quality = to_quality(description.quality);
  compared.smile = to_attribute<wire::Smile>(description.smile);
  return compared;
}

}  // namespace likeness::api

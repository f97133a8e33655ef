#include "describe/eye_direction.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace likeness::describe {
namespace {

constexpr float widths_per_sine = 0.37F;
constexpr float straight_ahead_height = 0.057F;

// The iris from the middle of the corners, in widths of the eye: to the right of the picture and up, as seen with the
// eye level. False if the eye has no width.
bool place_iris(const Iris& eye, bool outer_corner_is_left, Point& place) {
  const Point left = eye.eye[outer_corner_is_left ? 0 : 8];
  const Point right = eye.eye[outer_corner_is_left ? 8 : 0];
  const float width = std::hypot(right.x - left.x, right.y - left.y);
  if (!(width > 0)) return false;
  const Point axis = {(right.x - left.x) / width, (right.y - left.y) / width};
  const Point centre = eye.iris.front();
  const float x = centre.x - (left.x + right.x) / 2;
  const float y = centre.y - (left.y + right.y) / 2;
  place = {(x * axis.x + y * axis.y) / width, (x * axis.y - y * axis.x) / width};
  return true;
}

float angle(float widths) {
  const float sine = std::clamp(widths / widths_per_sine, -1.0F, 1.0F);
  return std::asin(sine) * 180 / std::numbers::pi_v<float>;
}

}  // namespace

std::optional<EyeDirection> estimate_eye_direction(const FaceMesh& mesh) {
  Point left;
  Point right;
  if (!place_iris(mesh.left_eye, true, left) || !place_iris(mesh.right_eye, false, right)) return std::nullopt;
  return EyeDirection{.yaw = angle((left.x + right.x) / 2),
                      .pitch = angle((left.y + right.y) / 2 - straight_ahead_height)};
}

}  // namespace likeness::describe

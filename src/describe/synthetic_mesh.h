// For tests: a mesh in the shape of the mean face, turned and placed as told, with irises.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>

#include "describe/face_description.h"
#include "describe/head_frame.h"
#include "image/face_mesh.h"

namespace likeness::describe {

// The points that describe reads beside those of mean_face(), from the same mean.
inline constexpr MeanFacePoint other_points[] = {
    {33, {-0.500F, -0.153F, 0.165F}},   {133, {-0.193F, -0.139F, 0.108F}}, {159, {-0.364F, -0.201F, 0.074F}},
    {145, {-0.345F, -0.114F, 0.089F}},  {362, {0.193F, -0.139F, 0.108F}},  {263, {0.500F, -0.153F, 0.165F}},
    {386, {0.364F, -0.201F, 0.074F}},   {374, {0.345F, -0.114F, 0.089F}},  {4, {0.000F, 0.228F, -0.330F}},
    {61, {-0.306F, 0.602F, 0.119F}},    {291, {0.306F, 0.602F, 0.119F}},   {0, {0.000F, 0.527F, -0.117F}},
    {17, {0.000F, 0.766F, -0.041F}},    {13, {0.000F, 0.591F, -0.055F}},   {14, {0.000F, 0.662F, -0.029F}},
    {81, {-0.133F, 0.584F, -0.017F}},   {178, {-0.139F, 0.646F, 0.006F}},  {311, {0.133F, 0.584F, -0.017F}},
    {402, {0.139F, 0.646F, 0.006F}},    {70, {-0.635F, -0.306F, 0.166F}},  {107, {-0.157F, -0.380F, -0.098F}},
    {105, {-0.452F, -0.401F, -0.001F}}, {336, {0.157F, -0.380F, -0.098F}}, {300, {0.635F, -0.306F, 0.166F}},
    {334, {0.452F, -0.401F, -0.001F}},  {48, {-0.215F, 0.269F, -0.129F}},  {278, {0.215F, 0.269F, -0.129F}},
    {234, {-0.781F, 0.061F, 0.768F}},   {172, {-0.627F, 0.745F, 0.583F}},  {152, {0.000F, 1.137F, 0.148F}},
    {397, {0.627F, 0.745F, 0.583F}},    {454, {0.781F, 0.061F, 0.768F}},   {230, {-0.358F, -0.017F, 0.088F}},
    {231, {-0.273F, -0.033F, 0.078F}},  {450, {0.358F, -0.017F, 0.088F}},  {451, {0.273F, -0.033F, 0.078F}},
    {50, {-0.546F, 0.211F, 0.104F}},    {280, {0.546F, 0.211F, 0.104F}},   {205, {-0.451F, 0.309F, 0.051F}},
    {425, {0.451F, 0.309F, 0.051F}},    {207, {-0.510F, 0.426F, 0.115F}},  {427, {0.510F, 0.426F, 0.115F}},
    {151, {0.000F, -0.564F, -0.076F}},  {9, {0.000F, -0.367F, -0.106F}},   {108, {-0.184F, -0.568F, -0.061F}},
    {337, {0.184F, -0.568F, -0.061F}},  {67, {-0.391F, -0.709F, 0.050F}},  {297, {0.391F, -0.709F, 0.050F}},
};

struct SyntheticFace {
  Pose pose = {};
  float scale = 100;  // pixels for the distance of the outer eye corners
  Point3 origin = {120, 110, 0};
  float lip_gap = 0;      // units of the mean face
  float smile = 0;        // how far each corner of the mouth is moved outward and half as far up, the same
  float lid_arch = 0.2F;  // widths of the eye
  Point iris = {};        // from the middle of the eye's corners, widths of the eye: to the right, up
  bool with_irises = true;
};

// Pitch first, then yaw, then roll, with the signs of Pose.
inline Point3 turn(const Point3& p, const Pose& pose) {
  const float degree = std::numbers::pi_v<float> / 180;
  const float cp = std::cos(pose.pitch * degree);
  const float sp = std::sin(pose.pitch * degree);
  const float cy = std::cos(pose.yaw * degree);
  const float sy = std::sin(pose.yaw * degree);
  const float cr = std::cos(pose.roll * degree);
  const float sr = std::sin(pose.roll * degree);
  const Point3 a = {p.x, cp * p.y + sp * p.z, -sp * p.y + cp * p.z};
  const Point3 b = {cy * a.x - sy * a.z, a.y, sy * a.x + cy * a.z};
  return {cr * b.x - sr * b.y, sr * b.x + cr * b.y, b.z};
}

inline Point3 place(const Point3& p, const SyntheticFace& face) {
  const Point3 turned = turn(p, face.pose);
  return {face.origin.x + face.scale * turned.x, face.origin.y + face.scale * turned.y,
          face.origin.z + face.scale * turned.z};
}

// `outer` and `inner`: the corners in the picture; the brow lies on the side of `up`.
inline Iris synthetic_eye(Point outer, Point inner, bool outer_is_left, const SyntheticFace& face) {
  Iris eye{};
  const Point along = {inner.x - outer.x, inner.y - outer.y};
  const Point up = outer_is_left ? Point{along.y, -along.x} : Point{-along.y, along.x};
  const auto at = [&](float x, float y) {
    return Point{outer.x + x * along.x + y * up.x, outer.y + x * along.y + y * up.y};
  };
  for (std::size_t i = 0; i <= 8; ++i) eye.eye[i] = at(static_cast<float>(i) / 8, i % 8 == 0 ? 0 : -0.1F);
  for (std::size_t i = 9; i <= 15; ++i) eye.eye[i] = at(static_cast<float>(i - 8) / 8, face.lid_arch);
  const float to_inner = outer_is_left ? face.iris.x : -face.iris.x;
  eye.iris.fill(at(0.5F + to_inner, face.iris.y));
  return eye;
}

inline FaceMesh synthetic_mesh(const SyntheticFace& face) {
  FaceMesh mesh{};
  mesh.score = 1;
  for (const MeanFacePoint& p : mean_face()) mesh.points[static_cast<std::size_t>(p.index)] = place(p.position, face);
  for (const MeanFacePoint& p : other_points) {
    Point3 position = p.position;
    if (p.index == 61) position = {position.x - face.smile, position.y - face.smile / 2, position.z};
    if (p.index == 291) position = {position.x + face.smile, position.y - face.smile / 2, position.z};
    // The mean face shows its teeth: the lips are closed first.
    const int upper = p.index == 14 ? 13 : p.index == 178 ? 81 : p.index == 402 ? 311 : 0;
    for (const MeanFacePoint& lip : other_points) {
      if (upper != 0 && lip.index == upper) position = {lip.position.x, lip.position.y + face.lip_gap, lip.position.z};
    }
    mesh.points[static_cast<std::size_t>(p.index)] = place(position, face);
  }
  if (!face.with_irises) return mesh;
  const auto flat = [&](std::size_t i) { return Point{mesh.points[i].x, mesh.points[i].y}; };
  mesh.left_eye = synthetic_eye(flat(33), flat(133), true, face);
  mesh.right_eye = synthetic_eye(flat(263), flat(362), false, face);
  return mesh;
}

}  // namespace likeness::describe

#include "describe/head_frame.h"

#include <cmath>
#include <cstddef>
#include <utility>

namespace likeness::describe {
namespace {

constexpr std::array<MeanFacePoint, 36> points = {{
    {6, {0.0000F, -0.1131F, -0.1306F}},    {23, {-0.3452F, -0.0732F, 0.0827F}},   {36, {-0.3412F, 0.2235F, 0.0195F}},
    {47, {-0.2009F, 0.0431F, 0.0031F}},    {56, {-0.2403F, -0.2215F, 0.0693F}},   {118, {-0.4980F, 0.0587F, 0.1083F}},
    {119, {-0.3670F, 0.0490F, 0.0760F}},   {120, {-0.2711F, 0.0211F, 0.0610F}},   {142, {-0.2580F, 0.1665F, 0.0043F}},
    {168, {0.0000F, -0.1967F, -0.0830F}},  {188, {-0.1073F, -0.0522F, -0.0589F}}, {193, {-0.0841F, -0.1857F, -0.0339F}},
    {196, {-0.0614F, -0.0157F, -0.1677F}}, {209, {-0.1964F, 0.1723F, -0.0617F}},  {217, {-0.1513F, 0.0684F, -0.0672F}},
    {229, {-0.4493F, -0.0165F, 0.1153F}},  {232, {-0.2086F, -0.0555F, 0.0713F}},  {236, {-0.1084F, 0.0891F, -0.1698F}},
    {244, {-0.1312F, -0.1163F, 0.0552F}},  {253, {0.3452F, -0.0732F, 0.0827F}},   {266, {0.3412F, 0.2235F, 0.0195F}},
    {277, {0.2009F, 0.0431F, 0.0031F}},    {286, {0.2403F, -0.2215F, 0.0693F}},   {347, {0.4980F, 0.0587F, 0.1083F}},
    {348, {0.3670F, 0.0490F, 0.0760F}},    {349, {0.2711F, 0.0211F, 0.0610F}},    {371, {0.2580F, 0.1665F, 0.0043F}},
    {412, {0.1073F, -0.0522F, -0.0589F}},  {417, {0.0841F, -0.1857F, -0.0339F}},  {419, {0.0614F, -0.0157F, -0.1677F}},
    {429, {0.1964F, 0.1723F, -0.0617F}},   {437, {0.1513F, 0.0684F, -0.0672F}},   {449, {0.4493F, -0.0165F, 0.1153F}},
    {452, {0.2086F, -0.0555F, 0.0713F}},   {456, {0.1084F, 0.0891F, -0.1698F}},   {464, {0.1312F, -0.1163F, 0.0552F}},
}};

using Matrix4 = std::array<std::array<double, 4>, 4>;

// The eigenvector of the largest eigenvalue of a symmetric matrix, by cyclic Jacobi rotations. 4 x 4 converges to
// double precision in some six sweeps; 30 is the limit.
std::array<double, 4> principal_eigenvector(Matrix4 a) {
  Matrix4 v{};
  for (std::size_t i = 0; i < 4; ++i) v[i][i] = 1;
  for (int sweep = 0; sweep < 30; ++sweep) {
    double off_diagonal = 0;
    for (std::size_t p = 0; p < 4; ++p) {
      for (std::size_t q = p + 1; q < 4; ++q) {
        off_diagonal += a[p][q] * a[p][q];
        if (a[p][q] == 0) continue;
        const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1);
        const double s = t * c;
        for (std::size_t k = 0; k < 4; ++k) {
          const double first = a[k][p];
          a[k][p] = c * first - s * a[k][q];
          a[k][q] = s * first + c * a[k][q];
        }
        for (std::size_t k = 0; k < 4; ++k) {
          const double first = a[p][k];
          a[p][k] = c * first - s * a[q][k];
          a[q][k] = s * first + c * a[q][k];
        }
        for (std::size_t k = 0; k < 4; ++k) {
          const double first = v[k][p];
          v[k][p] = c * first - s * v[k][q];
          v[k][q] = s * first + c * v[k][q];
        }
      }
    }
    if (off_diagonal < 1e-24) break;
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < 4; ++i) {
    if (a[i][i] > a[best][best]) best = i;
  }
  return {v[0][best], v[1][best], v[2][best], v[3][best]};
}

// Sums over the 36 pairs of a point of the mean face and its place in the picture, from their centre.
struct Moments {
  std::array<std::array<double, 3>, 3> cross{};  // [i][j]: mean face's coordinate i times the picture's j
  double mean_face = 0;                          // squared lengths
  std::array<double, 3> centre{};                // of the points in the picture
};

std::array<double, 3> coordinates(const Point3& p) { return {p.x, p.y, p.z}; }

Moments find_moments(const FaceMesh& mesh) {
  Moments m;
  for (const MeanFacePoint& point : points) {
    const auto seen = coordinates(mesh.points[static_cast<std::size_t>(point.index)]);
    for (std::size_t j = 0; j < 3; ++j) m.centre[j] += seen[j] / static_cast<double>(points.size());
  }
  for (const MeanFacePoint& point : points) {
    const auto model = coordinates(point.position);
    const auto seen = coordinates(mesh.points[static_cast<std::size_t>(point.index)]);
    for (std::size_t i = 0; i < 3; ++i) {
      m.mean_face += model[i] * model[i];
      for (std::size_t j = 0; j < 3; ++j) m.cross[i][j] += model[i] * (seen[j] - m.centre[j]);
    }
  }
  return m;
}

// Horn's matrix, whose principal eigenvector is the quaternion of the rotation.
Matrix4 horn_matrix(const std::array<std::array<double, 3>, 3>& s) {
  return {{{s[0][0] + s[1][1] + s[2][2], s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0]},
           {s[1][2] - s[2][1], s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]},
           {s[2][0] - s[0][2], s[0][1] + s[1][0], s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1]},
           {s[0][1] - s[1][0], s[2][0] + s[0][2], s[1][2] + s[2][1], s[2][2] - s[0][0] - s[1][1]}}};
}

std::array<double, 9> rotation_of(const std::array<double, 4>& q) {
  const auto [w, x, y, z] = q;
  return {w * w + x * x - y * y - z * z, 2 * (x * y - w * z),           2 * (x * z + w * y),
          2 * (x * y + w * z),           w * w - x * x + y * y - z * z, 2 * (y * z - w * x),
          2 * (x * z - w * y),           2 * (y * z + w * x),           w * w - x * x - y * y + z * z};
}

}  // namespace

std::span<const MeanFacePoint> mean_face() { return points; }

Point3 HeadFrame::to_front(const Point3& point) const {
  const float x = (point.x - origin.x) / scale;
  const float y = (point.y - origin.y) / scale;
  const float z = (point.z - origin.z) / scale;
  const auto& r = rotation;
  return {r[0] * x + r[3] * y + r[6] * z, r[1] * x + r[4] * y + r[7] * z, r[2] * x + r[5] * y + r[8] * z};
}

HeadFrame fit_head_frame(const FaceMesh& mesh) {
  const Moments moments = find_moments(mesh);
  const std::array<double, 9> rotation = rotation_of(principal_eigenvector(horn_matrix(moments.cross)));
  double along = 0;  // the sum of rotated mean face times picture
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) along += moments.cross[i][j] * rotation[j * 3 + i];
  }
  const double scale = along / moments.mean_face;
  if (!std::isfinite(scale) || scale < 1e-6) return {};
  HeadFrame frame;
  for (std::size_t i = 0; i < rotation.size(); ++i) frame.rotation[i] = static_cast<float>(rotation[i]);
  frame.scale = static_cast<float>(scale);
  frame.origin = {static_cast<float>(moments.centre[0]), static_cast<float>(moments.centre[1]),
                  static_cast<float>(moments.centre[2])};
  return frame;
}

}  // namespace likeness::describe

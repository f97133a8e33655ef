#include "describe/pose.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace likeness::describe {
namespace {

using Vector3 = std::array<double, 3>;
using Matrix3 = std::array<Vector3, 3>;

Vector3 cross(const Vector3& a, const Vector3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

double dot(const Vector3& a, const Vector3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

// The inverse of a symmetric matrix. Precondition: it has one; the mean face's has, being fixed and not flat.
Matrix3 inverse_of_symmetric(const Matrix3& m) {
  const Matrix3 adjugate = {cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])};
  const double determinant = dot(m[0], adjugate[0]);
  Matrix3 inverse;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) inverse[i][j] = adjugate[j][i] / determinant;
  }
  return inverse;
}

// The rows of the linear map from the mean face to x and to y in the picture.
std::array<Vector3, 2> fit_linear_map(const FaceMesh& mesh) {
  Matrix3 covariance{};
  std::array<Vector3, 2> products{};
  // The mean face's origin is its mean, but for rounding: far from the picture's origin that would show.
  const Point3& origin = mesh.points[static_cast<std::size_t>(mean_face().front().index)];
  for (const MeanFacePoint& point : mean_face()) {
    const Vector3 model = {point.position.x, point.position.y, point.position.z};
    const Point3& seen = mesh.points[static_cast<std::size_t>(point.index)];
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) covariance[i][j] += model[i] * model[j];
      products[0][i] += model[i] * static_cast<double>(seen.x - origin.x);
      products[1][i] += model[i] * static_cast<double>(seen.y - origin.y);
    }
  }
  const Matrix3 inverse = inverse_of_symmetric(covariance);
  std::array<Vector3, 2> rows;
  for (std::size_t k = 0; k < 2; ++k) {
    for (std::size_t i = 0; i < 3; ++i) rows[k][i] = dot(inverse[i], products[k]);
  }
  return rows;
}

// The yaw of the two orthonormal rows nearest to these (polar decomposition: times the inverse root of their 2 x 2
// Gram matrix).
double yaw_of(const std::array<Vector3, 2>& rows) {
  const double a = dot(rows[0], rows[0]);
  const double b = dot(rows[0], rows[1]);
  const double d = dot(rows[1], rows[1]);
  const double s = std::sqrt(std::max(0.0, a * d - b * b));
  if (s <= 1e-12 * (a + d)) return 0;
  const double t = std::sqrt(a + d + 2 * s);  // the root is (Gram + s I) / t
  const std::array<double, 3> inverse_root = {(d + s) / (t * s), -b / (t * s), (a + s) / (t * s)};
  Vector3 x{};
  Vector3 y{};
  for (std::size_t i = 0; i < 3; ++i) {
    x[i] = inverse_root[0] * rows[0][i] + inverse_root[1] * rows[1][i];
    y[i] = inverse_root[1] * rows[0][i] + inverse_root[2] * rows[1][i];
  }
  return std::asin(std::clamp(cross(x, y)[0], -1.0, 1.0));
}

float degrees(double radians) { return static_cast<float>(radians * 180 / std::numbers::pi); }

}  // namespace

Pose estimate_pose(const FaceMesh& mesh, const HeadFrame& frame) {
  const auto& r = frame.rotation;
  const double yaw = yaw_of(fit_linear_map(mesh));
  return {.roll = degrees(std::atan2(r[3], r[0])),
          .yaw = std::isfinite(yaw) ? degrees(yaw) : 0,
          .pitch = degrees(std::atan2(-r[7], r[8]))};
}

}  // namespace likeness::describe

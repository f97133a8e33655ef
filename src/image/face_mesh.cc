#include "image/face_mesh.h"

#include <cstddef>

namespace likeness {
namespace {

Point mean_of(const FaceMesh& mesh, const std::array<std::size_t, 4>& indices) {
  Point sum;
  for (const std::size_t index : indices) {
    sum.x += mesh.points[index].x;
    sum.y += mesh.points[index].y;
  }
  return {sum.x / 4, sum.y / 4};
}

Point flat(const Point3& p) { return {p.x, p.y}; }

}  // namespace

FivePoints five_points(const FaceMesh& mesh) {
  return {mean_of(mesh, {33, 133, 159, 145}), mean_of(mesh, {362, 263, 386, 374}), flat(mesh.points[4]),
          flat(mesh.points[61]), flat(mesh.points[291])};
}

}  // namespace likeness

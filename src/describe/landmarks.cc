#include "describe/landmarks.h"

#include <cstddef>

namespace likeness::describe {
namespace {

constexpr int first_own_point = 5;  // the five before it come from five_points()
constexpr int left_pupil = 23;
constexpr int right_pupil = 24;

// Mesh indices in the order of LandmarkType (botocore 1.43, rekognition/2016-06-27/service-2.json); -1: not a point of
// the mesh.
constexpr std::array<int, landmark_count> mesh_index = {
    -1,  -1,                  // eyeLeft, eyeRight
    4,   61,  291,            // nose, mouthLeft, mouthRight
    70,  107, 105,            // leftEyeBrowLeft, -Right, -Up
    336, 300, 334,            // rightEyeBrowLeft, -Right, -Up
    33,  133, 159, 145,       // leftEyeLeft, -Right, -Up, -Down
    362, 263, 386, 374,       // rightEyeLeft, -Right, -Up, -Down
    48,  278,                 // noseLeft, noseRight
    0,   17,                  // mouthUp, mouthDown
    -1,  -1,                  // leftPupil, rightPupil
    234, 172, 152, 397, 454,  // upperJawlineLeft, midJawlineLeft, chinBottom, midJawlineRight, upperJawlineRight
};

bool is_empty(const Iris& iris) { return iris.iris.front() == Point{} && iris.eye.front() == iris.eye.back(); }

}  // namespace

bool has_irises(const FaceMesh& mesh) { return !is_empty(mesh.left_eye) && !is_empty(mesh.right_eye); }

std::array<Point, landmark_count> find_landmarks(const FaceMesh& mesh) {
  std::array<Point, landmark_count> landmarks;
  const FivePoints five = five_points(mesh);
  for (std::size_t i = 0; i < first_own_point; ++i) landmarks[i] = five[i];
  for (std::size_t i = first_own_point; i < landmarks.size(); ++i) {
    if (mesh_index[i] < 0) continue;
    const Point3& point = mesh.points[static_cast<std::size_t>(mesh_index[i])];
    landmarks[i] = {point.x, point.y};
  }
  const bool irises = has_irises(mesh);
  landmarks[left_pupil] = irises ? mesh.left_eye.iris.front() : five[0];
  landmarks[right_pupil] = irises ? mesh.right_eye.iris.front() : five[1];
  return landmarks;
}

}  // namespace likeness::describe

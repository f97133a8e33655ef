// A face in detail: 468 mesh points and the two irises, and how sure the mesh is that this is a face at all.
//
// Thread rule: const and thread-safe after construction.
#pragma once

#include <array>
#include <memory>

#include "base/result.h"
#include "image/geometry.h"
#include "image/image.h"

namespace likeness::align {

// x and y in pixels of the picture; z in the same unit, towards the camera negative, 0 near the centre of the head
// (MediaPipe's weak perspective).
struct Point3 {
  float x = 0;
  float y = 0;
  float z = 0;
};

// One eye as the iris model sees it. All in pixels of the picture.
struct Iris {
  std::array<Point, 5> iris;  // centre, then right, top, left, bottom rim in the model's order
  std::array<Point, 71> eye;  // contour of the lids and brow
};

struct FaceMesh {
  static constexpr int point_count = 468;
  std::array<Point3, point_count> points;  // indices as in MediaPipe's face mesh
  float score = 0;                         // [0,1]: this is a face; below the pack's threshold it is none
  Iris left_eye;                           // left and right as in the picture, as Rekognition counts them
  Iris right_eye;
};

// The five alignment points of the mesh (see FivePoints in detect/face_detector.h for the order):
// eyes are the means of 33, 133, 159, 145 and of 362, 263, 386, 374; nose 4; mouth 61, 291.
[[nodiscard]] std::array<Point, 5> five_points(const FaceMesh& mesh);

}  // namespace likeness::align

// A face as points of a picture: the five that detection and alignment share, and the mesh with its irises.
//
// These plain types stand below the stages that make them (detect, align) and those that read them (describe,
// embed), because rooms of one row do not include each other (docs/layers.txt).
//
// Thread rule: plain values, and a pure function.
#pragma once

#include <array>

#include "image/geometry.h"

namespace likeness {

// Five points in this order: eye on the left of the picture, eye on the right, nose tip, mouth corner on the left, on
// the right. In pixels of the picture.
using FivePoints = std::array<Point, 5>;

// x and y in pixels of the picture; z in the same unit, towards the camera negative, 0 near the centre of the head
// (MediaPipe's weak perspective).
struct Point3 {
  float x = 0;
  float y = 0;
  float z = 0;
  friend bool operator==(const Point3&, const Point3&) = default;
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

// The five alignment points of the mesh: eyes are the means of 33, 133, 159, 145 and of 362, 263, 386, 374;
// nose 4; mouth 61, 291 (models.md: on the development folds they align better than the detector's own five).
[[nodiscard]] FivePoints five_points(const FaceMesh& mesh);

}  // namespace likeness

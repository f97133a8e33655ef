// How a head is turned, moved and scaled against the mean face, and its points seen from the front.
//
// The mean face: 36 points of the mesh that facial expressions move least (brow, nose and cheekbones; no lids, lips or
// jaw). Provenance: our own mean of MediaPipe meshes of the 500 pictures of LFW's folds 1 and 2 whose outlines
// are most alike left and right (generalised Procrustes; made symmetric by averaging with its mirror image), so angles
// are 0 for the mean press photograph. Unit: the distance of the outer eye corners (33 and 263) of the mean face;
// origin: the mean of the 36.
//
// Thread rule: plain values and pure functions.
#pragma once

#include <array>
#include <span>

#include "image/face_mesh.h"

namespace likeness::describe {

struct MeanFacePoint {
  int index = 0;    // in the mesh
  Point3 position;  // x to the right edge of the picture, y down, z away from the camera
};

[[nodiscard]] std::span<const MeanFacePoint> mean_face();

// A point p of the mean face lies in the picture at scale * rotation * p + origin.
struct HeadFrame {
  std::array<float, 9> rotation = {1, 0, 0, 0, 1, 0, 0, 0, 1};  // rows; orthonormal, determinant 1
  float scale = 1;                                              // pixels for a unit, above 0
  Point3 origin;                                                // pixels

  // From the picture to the mean face's coordinates: as if the head looked straight into the camera.
  [[nodiscard]] Point3 to_front(const Point3& point) const;
};

// The least-squares similarity (B. K. P. Horn, "Closed-form solution of absolute orientation using unit quaternions",
// 1987). A mesh without extent, or one that is not finite, gives the identity.
[[nodiscard]] HeadFrame fit_head_frame(const FaceMesh& mesh);

}  // namespace likeness::describe

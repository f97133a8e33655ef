// Rekognition's 30 landmarks from mesh and irises.
//
// Indices: looked for on portraits (models.md), left and right as in the picture.
//
// Thread rule: pure functions.
#pragma once

#include <array>

#include "describe/face_description.h"
#include "image/face_mesh.h"
#include "image/geometry.h"

namespace likeness::describe {

// Whether the irises were looked for: an eye of the mesh that was not is all zero.
[[nodiscard]] bool has_irises(const FaceMesh& mesh);

[[nodiscard]] std::array<Point, landmark_count> find_landmarks(const FaceMesh& mesh);

}  // namespace likeness::describe

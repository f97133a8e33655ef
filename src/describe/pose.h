// How the head is turned, from the mesh.
//
// Roll and pitch are those of the head frame (all three coordinates of the mesh). Yaw comes from x and y alone: the
// mesh's own depth turns too little with the head (slope 0.83 against rendered truth), while the shift of the points
// in the picture, read with the mean face's depth, follows it (slope 0.99). The method is POS of D. DeMenthon and
// L. Davis, "Model-based object pose in 25 lines of code", 1995: a linear map of the mean face onto the picture by
// least squares, and the scaled rotation next to it.
//
// The rotation is roll * yaw * pitch, pitch first. Errors: docs/attributes.md.
//
// Thread rule: pure functions.
#pragma once

#include "describe/face_description.h"
#include "describe/head_frame.h"
#include "image/face_mesh.h"

namespace likeness::describe {

// `frame`: of the same mesh.
[[nodiscard]] Pose estimate_pose(const FaceMesh& mesh, const HeadFrame& frame);

}  // namespace likeness::describe

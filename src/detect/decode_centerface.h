// CenterFace's outputs as detections. Source: CenterFace's prj-python/centerface.py; the formulas stand in
// docs/models.md.
//
// Thread rule: pure functions.
#pragma once

#include <span>
#include <vector>

#include "detect/face_detector.h"

namespace likeness::detect {

// Planes of cells.width * cells.height floats at stride 4.
struct CenterFaceOutputs {
  Size cells;
  std::span<const float> heat;       // 1 plane, [0,1]
  std::span<const float> scale;      // log of height, log of width, in cells
  std::span<const float> offset;     // y, x
  std::span<const float> landmarks;  // y, x of each point, as fractions of the box
};

// Appends every cell whose heat is at least `threshold`, in pixels of the model's input.
void decode_centerface(const CenterFaceOutputs& outputs, float threshold, std::vector<FaceDetection>& found);

}  // namespace likeness::detect

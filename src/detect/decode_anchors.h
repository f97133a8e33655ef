// Detectors that judge a few anchors at each cell: SCRFD's and RetinaFace's outputs as detections. The formulas stand
// in docs/models.md.
//
// Thread rule: pure functions.
#pragma once

#include <span>
#include <vector>

#include "detect/face_detector.h"

namespace likeness::detect {

// One stride of SCRFD. Anchors of a cell stand together, cells go row by row. Source: InsightFace,
// detection/scrfd/tools/scrfd.py (distance2bbox, distance2kps).
struct ScrfdLevel {
  int stride = 8;
  Size cells;
  std::size_t anchors = 2;           // of a cell
  std::span<const float> scores;     // 1 of each anchor, [0,1]
  std::span<const float> boxes;      // 4: distances of the cell's corner to left, top, right, bottom, in strides
  std::span<const float> landmarks;  // 10: x and y of the five points from the cell's corner, in strides
};

// Appends every anchor whose score is at least `threshold`, in pixels of the model's input.
void decode_scrfd(const ScrfdLevel& level, float threshold, std::vector<FaceDetection>& found);

// All strides of RetinaFace: anchors of 16 and 32 pixels at each cell of stride 8, 64 and 128 at 16, 256 and 512 at 32,
// around the middle of the cell, in this order. Source: biubug6/Pytorch_Retinaface, layers/functions/prior_box.py and
// utils/box_utils.py (decode, decode_landm; variances .1 and .2).
struct RetinaFaceOutputs {
  Size input;
  std::span<const float> boxes;      // 4 of each anchor: shift of the middle, logarithm of the size
  std::span<const float> scores;     // 2: no face, a face; sums to 1
  std::span<const float> landmarks;  // 10: shifts of x and y of the five points
};

// How many anchors an input of this size (multiples of 32) has.
[[nodiscard]] std::size_t retinaface_anchors(Size input);

// As decode_scrfd(). Precondition: the spans hold all anchors of the input.
void decode_retinaface(const RetinaFaceOutputs& outputs, float threshold, std::vector<FaceDetection>& found);

}  // namespace likeness::detect

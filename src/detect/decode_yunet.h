// YuNet's outputs as detections. Source: libfacedetection, facedetectcnn.cpp (generate_bbox) and YuNet's training code.
//
// Thread rule: pure functions.
#pragma once

#include <span>
#include <vector>

#include "detect/face_detector.h"

namespace likeness::detect {

// One of the three levels. Planes of cells.width * cells.height floats: cls and obj one each, in [0,1]; bbox 4; kps 10.
struct YunetLevel {
  int stride = 8;
  Size cells;
  std::span<const float> cls;
  std::span<const float> obj;
  std::span<const float> bbox;
  std::span<const float> kps;
};

// Appends every cell whose score, sqrt(cls obj), is at least `threshold`, in pixels of the model's input.
void decode_yunet(const YunetLevel& level, float threshold, std::vector<FaceDetection>& found);

}  // namespace likeness::detect

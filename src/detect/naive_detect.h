// The obvious way to decode YuNet and to suppress overlaps. Tests only.
#pragma once

#include <cmath>
#include <vector>

#include "detect/decode_yunet.h"
#include "detect/face_detector.h"

namespace likeness::detect::naive {

// While there is a box left: keep the best one (of equals the first), strike out all that overlap it.
inline std::vector<FaceDetection> suppress_overlaps(std::vector<FaceDetection> faces, float max_iou) {
  std::vector<FaceDetection> kept;
  while (!faces.empty()) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < faces.size(); ++i) {
      if (faces[i].score > faces[best].score) best = i;
    }
    const FaceDetection chosen = faces[best];
    faces.erase(faces.begin() + static_cast<std::ptrdiff_t>(best));
    std::erase_if(faces, [&](const FaceDetection& face) { return iou(face.box, chosen.box) > max_iou; });
    kept.push_back(chosen);
  }
  return kept;
}

// docs/models.md, "Preprocessing and decoding", word by word.
inline std::vector<FaceDetection> decode_yunet(const YunetLevel& level, float threshold) {
  std::vector<FaceDetection> found;
  const int w = level.cells.width;
  const int h = level.cells.height;
  const auto at = [&](std::span<const float> planes, int plane, int r, int c) {
    return planes[static_cast<std::size_t>((plane * h + r) * w + c)];
  };
  const auto s = static_cast<float>(level.stride);
  for (int r = 0; r < h; ++r) {
    for (int c = 0; c < w; ++c) {
      FaceDetection face;
      face.score = std::sqrt(at(level.cls, 0, r, c) * at(level.obj, 0, r, c));
      const float cx = (static_cast<float>(c) + at(level.bbox, 0, r, c)) * s;
      const float cy = (static_cast<float>(r) + at(level.bbox, 1, r, c)) * s;
      const float bw = std::exp(at(level.bbox, 2, r, c)) * s;
      const float bh = std::exp(at(level.bbox, 3, r, c)) * s;
      face.box = {cx - bw / 2, cy - bh / 2, bw, bh};
      for (int j = 0; j < 5; ++j) {
        face.landmarks[static_cast<std::size_t>(j)] = {(at(level.kps, 2 * j, r, c) + static_cast<float>(c)) * s,
                                                       (at(level.kps, 2 * j + 1, r, c) + static_cast<float>(r)) * s};
      }
      if (face.score >= threshold) found.push_back(face);
    }
  }
  return found;
}

}  // namespace likeness::detect::naive

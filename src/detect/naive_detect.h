// The obvious way to decode and to suppress overlaps. Tests only.
#pragma once

#include <cmath>
#include <vector>

#include "detect/decode_anchors.h"
#include "detect/decode_yunet.h"
#include "detect/face_detector.h"

namespace likeness::detect::naive {

// While there is a box left: keep the best one (of equals the first), weigh down and strike out those that overlap it.
inline std::vector<FaceDetection> suppress_overlaps(const std::vector<FaceDetection>& faces, float max_iou,
                                                    float least_score) {
  struct Weighed {
    FaceDetection face;
    float weight = 1;
  };
  std::vector<Weighed> left;
  left.reserve(faces.size());
  for (const FaceDetection& face : faces) left.push_back({face});
  std::vector<FaceDetection> kept;
  while (!left.empty()) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < left.size(); ++i) {
      if (left[i].face.score > left[best].face.score) best = i;
    }
    const FaceDetection chosen = left[best].face;
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
    for (Weighed& other : left) other.weight *= 1 - iou(other.face.box, chosen.box);
    std::erase_if(left, [&](const Weighed& other) {
      const float shared = iou(other.face.box, chosen.box);
      return shared > max_iou || (shared > 0 && other.face.score * other.weight < least_score);
    });
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
    const auto size = [](int value) { return static_cast<std::size_t>(value); };
    return planes[(size(plane) * size(h) + size(r)) * size(w) + size(c)];
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

// docs/models.md, word by word.
inline std::vector<FaceDetection> decode_scrfd(const ScrfdLevel& level, float threshold) {
  std::vector<FaceDetection> found;
  const auto s = static_cast<float>(level.stride);
  std::size_t row = 0;
  for (int r = 0; r < level.cells.height; ++r) {
    for (int c = 0; c < level.cells.width; ++c) {
      for (std::size_t a = 0; a < level.anchors; ++a, ++row) {
        const float x = static_cast<float>(c) * s;
        const float y = static_cast<float>(r) * s;
        const auto distance = [&](std::size_t i) { return level.boxes[row * 4 + i] * s; };
        FaceDetection face;
        face.score = level.scores[row];
        face.box = {x - distance(0), y - distance(1), distance(0) + distance(2), distance(1) + distance(3)};
        for (std::size_t j = 0; j < 5; ++j) {
          face.landmarks[j] = {x + level.landmarks[row * 10 + 2 * j] * s,
                               y + level.landmarks[row * 10 + 2 * j + 1] * s};
        }
        if (face.score >= threshold) found.push_back(face);
      }
    }
  }
  return found;
}

// The middle and the side of every anchor, in order.
struct Anchor {
  float x;
  float y;
  float side;
};
inline std::vector<Anchor> retinaface_anchors(Size input) {
  std::vector<Anchor> anchors;
  const int strides[] = {8, 16, 32};
  const float sides[3][2] = {{16, 32}, {64, 128}, {256, 512}};
  for (int level = 0; level < 3; ++level) {
    for (int r = 0; r < input.height / strides[level]; ++r) {
      for (int c = 0; c < input.width / strides[level]; ++c) {
        for (const float side : sides[level]) {
          const auto s = static_cast<float>(strides[level]);
          anchors.push_back({(static_cast<float>(c) + 0.5F) * s, (static_cast<float>(r) + 0.5F) * s, side});
        }
      }
    }
  }
  return anchors;
}

}  // namespace likeness::detect::naive

#include "detect/decode_anchors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace likeness::detect {
namespace {

struct RetinaFaceLevel {
  int stride;
  std::array<float, 2> anchors;  // sides, pixels
};
constexpr std::array<RetinaFaceLevel, 3> retinaface_levels = {{{8, {16, 32}}, {16, {64, 128}}, {32, {256, 512}}}};
constexpr float centre_variance = 0.1F;
constexpr float size_variance = 0.2F;
// exp() of more than this is wider than any input; keeps a broken model's output finite.
constexpr float max_log_size = 8;

FaceDetection retinaface_face(const RetinaFaceOutputs& outputs, std::size_t anchor, Point middle, float side) {
  const std::span<const float> box = outputs.boxes.subspan(4 * anchor, 4);
  const std::span<const float> points = outputs.landmarks.subspan(10 * anchor, 10);
  FaceDetection face;
  face.score = std::min(1.0F, outputs.scores[2 * anchor + 1]);
  const float width = side * std::exp(std::min(size_variance * box[2], max_log_size));
  const float height = side * std::exp(std::min(size_variance * box[3], max_log_size));
  face.box = {middle.x + centre_variance * side * box[0] - width / 2,
              middle.y + centre_variance * side * box[1] - height / 2, width, height};
  for (std::size_t j = 0; j < face.landmarks.size(); ++j) {
    face.landmarks[j] = {middle.x + centre_variance * side * points[2 * j],
                         middle.y + centre_variance * side * points[2 * j + 1]};
  }
  return face;
}

}  // namespace

void decode_scrfd(const ScrfdLevel& level, float threshold, std::vector<FaceDetection>& found) {
  const auto width = static_cast<std::size_t>(level.cells.width);
  const std::size_t cells = width * static_cast<std::size_t>(level.cells.height);
  const auto stride = static_cast<float>(level.stride);
  for (std::size_t anchor = 0; anchor < cells * level.anchors; ++anchor) {
    if (!(level.scores[anchor] >= threshold)) continue;  // also drops what is not a number
    const std::size_t cell = anchor / level.anchors;
    const std::size_t row = cell / width;
    const float x = static_cast<float>(cell % width) * stride;
    const float y = static_cast<float>(row) * stride;
    const std::span<const float> box = level.boxes.subspan(4 * anchor, 4);
    const std::span<const float> points = level.landmarks.subspan(10 * anchor, 10);
    FaceDetection face;
    face.score = std::min(1.0F, level.scores[anchor]);
    face.box = {x - box[0] * stride, y - box[1] * stride, (box[0] + box[2]) * stride, (box[1] + box[3]) * stride};
    for (std::size_t j = 0; j < face.landmarks.size(); ++j) {
      face.landmarks[j] = {x + points[2 * j] * stride, y + points[2 * j + 1] * stride};
    }
    found.push_back(face);
  }
}

std::size_t retinaface_anchors(Size input) {
  std::size_t anchors = 0;
  for (const RetinaFaceLevel& level : retinaface_levels) {
    anchors += static_cast<std::size_t>(input.width / level.stride) *
               static_cast<std::size_t>(input.height / level.stride) * level.anchors.size();
  }
  return anchors;
}

void decode_retinaface(const RetinaFaceOutputs& outputs, float threshold, std::vector<FaceDetection>& found) {
  std::size_t anchor = 0;
  for (const RetinaFaceLevel& level : retinaface_levels) {
    const auto stride = static_cast<float>(level.stride);
    for (int row = 0; row < outputs.input.height / level.stride; ++row) {
      for (int column = 0; column < outputs.input.width / level.stride; ++column) {
        const Point middle = {(static_cast<float>(column) + 0.5F) * stride, (static_cast<float>(row) + 0.5F) * stride};
        for (const float side : level.anchors) {
          if (outputs.scores[2 * anchor + 1] >= threshold) {
            found.push_back(retinaface_face(outputs, anchor, middle, side));
          }
          ++anchor;
        }
      }
    }
  }
}

}  // namespace likeness::detect

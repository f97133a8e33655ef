#include "detect/decode_yunet.h"

#include <algorithm>
#include <cmath>

namespace likeness::detect {
namespace {

// exp() of more than this is wider than any input; keeps a broken model's output finite.
constexpr float max_log_size = 8;

}  // namespace

void decode_yunet(const YunetLevel& level, float threshold, std::vector<FaceDetection>& found) {
  const auto width = static_cast<std::size_t>(level.cells.width);
  const std::size_t plane = width * static_cast<std::size_t>(level.cells.height);
  const auto stride = static_cast<float>(level.stride);
  const float product = threshold * threshold;  // saves the root for the many cells without a face
  for (std::size_t cell = 0; cell < plane; ++cell) {
    const float joint = level.cls[cell] * level.obj[cell];
    if (!(joint >= product)) continue;  // also drops what is not a number
    const auto column = static_cast<float>(cell % width);
    const auto row = static_cast<float>(cell / width);
    const auto box = [&](std::size_t i) { return level.bbox[i * plane + cell]; };
    FaceDetection face;
    face.score = std::min(1.0F, std::sqrt(joint));
    const float w = std::exp(std::min(box(2), max_log_size)) * stride;
    const float h = std::exp(std::min(box(3), max_log_size)) * stride;
    face.box = {(column + box(0)) * stride - w / 2, (row + box(1)) * stride - h / 2, w, h};
    for (std::size_t j = 0; j < face.landmarks.size(); ++j) {
      face.landmarks[j] = {(level.kps[2 * j * plane + cell] + column) * stride,
                           (level.kps[(2 * j + 1) * plane + cell] + row) * stride};
    }
    found.push_back(face);
  }
}

}  // namespace likeness::detect

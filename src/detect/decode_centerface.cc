#include "detect/decode_centerface.h"

#include <algorithm>
#include <cmath>

namespace likeness::detect {
namespace {

constexpr float stride = 4;
// exp() of more than this is wider than any input; keeps a broken model's output finite.
constexpr float max_log_size = 8;

}  // namespace

void decode_centerface(const CenterFaceOutputs& outputs, float threshold, std::vector<FaceDetection>& found) {
  const auto width = static_cast<std::size_t>(outputs.cells.width);
  const std::size_t plane = width * static_cast<std::size_t>(outputs.cells.height);
  for (std::size_t cell = 0; cell < plane; ++cell) {
    if (!(outputs.heat[cell] >= threshold)) continue;  // also drops what is not a number
    FaceDetection face;
    face.score = std::min(1.0F, outputs.heat[cell]);
    const float h = stride * std::exp(std::min(outputs.scale[cell], max_log_size));
    const float w = stride * std::exp(std::min(outputs.scale[plane + cell], max_log_size));
    const float x = static_cast<float>(cell % width) + outputs.offset[plane + cell] + 0.5F;
    const float y = static_cast<float>(cell / width) + outputs.offset[cell] + 0.5F;
    face.box = {stride * x - w / 2, stride * y - h / 2, w, h};
    for (std::size_t j = 0; j < face.landmarks.size(); ++j) {
      face.landmarks[j] = {outputs.landmarks[(2 * j + 1) * plane + cell] * w + face.box.left,
                           outputs.landmarks[2 * j * plane + cell] * h + face.box.top};
    }
    found.push_back(face);
  }
}

}  // namespace likeness::detect

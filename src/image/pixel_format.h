// How the floats of a model's input are laid out and scaled.
//
// Thread rule: plain values.
#pragma once

#include <array>
#include <cstddef>

#include "image/geometry.h"

namespace likeness {

enum class ChannelOrder { bgr, rgb };

enum class TensorLayout {
  planar,       // [channel][y][x], "CHW"
  interleaved,  // [y][x][channel], "HWC"
};

// A float of the tensor is (pixel - mean[c]) * scale, pixel in 0..255 and c counted in the tensor's own order.
struct TensorFormat {
  TensorLayout layout = TensorLayout::planar;
  ChannelOrder order = ChannelOrder::bgr;
  std::array<float, 3> mean = {0, 0, 0};
  float scale = 1;
};

// The number of floats in a tensor of three channels.
[[nodiscard]] inline std::size_t tensor_floats(Size size) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 3;
}

}  // namespace likeness

// Scaling, for pictures that go whole into a model.
//
// One rule for each axis by itself, `factor` being source pixels per output pixel and pixel i reaching from i to i + 1:
//  - factor > 1 (shrinking): output pixel i is the mean of the source over [i factor, (i + 1) factor), pixels that are
//    covered partly counting by that part. Every source pixel has its say, so nothing aliases.
//  - factor <= 1 (growing): linear interpolation between pixel centres, at (i + 0.5) factor - 0.5; beyond the outermost
//    centres the edge pixel is continued.
// Computed in float with one rounding at the end, to nearest.
//
// Memory: two rows of floats beside the output. Thread rule: free functions, callable from any thread.
#pragma once

#include <span>

#include "image/image.h"
#include "image/pixel_format.h"

namespace likeness {

// `src` scaled to `size`; the aspect ratio may change. Precondition: src is not empty, size at least 1x1.
[[nodiscard]] Image resize(const Image& src, Size size);

// Where a letterboxed picture lies: a point of the canvas divided by `scale` is the point of the source, without any
// offset, since the picture stands at the top left. Both are exact: the factor of resizing is 1 / scale on both axes.
struct Letterbox {
  float scale = 1;  // canvas pixels per source pixel
  Size content;     // the part of the canvas that the picture covers; the rest is 0
};

// The largest placement that keeps the aspect ratio; enlarges a picture that is smaller than the canvas.
[[nodiscard]] Letterbox fit_letterbox(Size src, Size canvas);

// Scales `src` into the top left of `canvas` and writes 0..255 as planar floats, in one pass without a picture between.
// Precondition: src is not empty, planes.size() == tensor_floats(canvas).
Letterbox letterbox(const Image& src, Size canvas, ChannelOrder order, std::span<float> planes);

}  // namespace likeness

// Cutting a turned and scaled piece out of a picture, for models that see one face or one eye.
//
// The Affine maps the output to the source ("where does this output point come from"), in the coordinates of
// geometry.h: the centre of the output pixel (x, y) is the point (x + 0.5, y + 0.5), and so in the source. (OpenCV's
// warpAffine puts centres at whole numbers; the same matrix lands up to half a pixel elsewhere.) The source is sampled
// bilinearly between the four nearest pixel centres; pixels outside the picture count as 0. A mirrored cut is an Affine
// that mirrors.
//
// Shrinking must not alias: with s = sqrt(|determinant|) source pixels per output pixel and k = floor(s) >= 2, the
// picture is first reduced to the means of k x k blocks (aligned at the origin, rounded to nearest, the picture
// continued with 0 to whole blocks) and sampled there. Only the blocks that the output touches are computed.
//
// Memory: at most a k*k-th of the source beside the output. Thread rule: free functions, callable from any thread.
#pragma once

#include <span>

#include "image/geometry.h"
#include "image/image.h"
#include "image/pixel_format.h"

namespace likeness {

// Precondition for both: src is not empty, size at least 1x1. A matrix with values that are not finite gives black.
[[nodiscard]] Image warp_affine(const Image& src, const Affine& to_source, Size size);

// Straight into the input of a model, without rounding; black is a pixel value of 0 before mean and scale.
// Precondition: tensor.size() == tensor_floats(size).
void warp_affine(const Image& src, const Affine& to_source, Size size, const TensorFormat& format,
                 std::span<float> tensor);

}  // namespace likeness

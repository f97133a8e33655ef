// The square piece of a picture that a model sees, and the way back from the model's coordinates.
//
// Thread rule: plain values and pure functions.
#pragma once

#include "image/geometry.h"

namespace likeness::align {

struct SquareCrop {
  Point centre;           // pixels of the picture
  float side = 1;         // pixels of the picture, above 0
  float angle = 0;        // radians, clockwise as seen: the crop's x axis points there in the picture
  bool mirrored = false;  // left and right exchanged
};

// From the pixels of a crop scaled to `input` x `input` to those of the picture; what warp_affine() takes.
[[nodiscard]] Affine crop_to_picture(const SquareCrop& crop, int input);

// The direction from one point to another as SquareCrop::angle; 0 where both are the same.
[[nodiscard]] float angle_between(Point from, Point to);

}  // namespace likeness::align

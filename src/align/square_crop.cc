#include "align/square_crop.h"

#include <cmath>

namespace likeness::align {

Affine crop_to_picture(const SquareCrop& crop, int input) {
  const float scale = crop.side / static_cast<float>(input);
  const float c = scale * std::cos(crop.angle);
  const float s = scale * std::sin(crop.angle);
  const float flip = crop.mirrored ? -1.0F : 1.0F;
  const float half = static_cast<float>(input) / 2;
  return {{flip * c, -s, crop.centre.x - half * (flip * c - s),  //
           flip * s, c, crop.centre.y - half * (flip * s + c)}};
}

float angle_between(Point from, Point to) { return std::atan2(to.y - from.y, to.x - from.x); }

}  // namespace likeness::align

// What cameras and hands do to a face: blur, distance, movement, noise. For measuring.
//
// Thread rule: pure functions.
#pragma once

#include "image/image.h"

namespace likeness::bench {

struct Degradation {
  const char* name;
  float blur = 0;        // standard deviation of a Gaussian, as a share of the face's width
  float move_x = 0;      // length of a uniform movement, as a share of the face's width
  float move_y = 0;      //
  float noise = 0;       // standard deviation of Gaussian noise on each channel, of 255
  float face_width = 0;  // pixels that the face is brought to; 0: as it is
};

// In this order. `face_width`: pixels, of the face in `image`. The noise is the same every time.
[[nodiscard]] Image degrade(const Image& image, const Degradation& how, float face_width);

}  // namespace likeness::bench

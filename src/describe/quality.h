// How bright and how sharp a face is, on a scale of our own from 0 to 100.
//
// Measured inside the circle that fits the face's chip, where the chip shows the picture.
// - Brightness: 100/255 of the mean luma. LFW: 31 to 62, median 47.
// - Sharpness asks what is left of the face for recognition, not how fine the skin is: detail of a sixteenth of the
//   face's width. In each of four directions the mean square of the second difference over two pixels of the chip, less
//   what the noise adds to it, is divided by the variance of luma, less the noise, and by the median of that ratio on
//   LFW. The least of the four, r: a face that moved lacks detail in one direction only. Sharpness is
//   100 (1 - exp(-r / 0.5)). It does not change with gain. Noise is estimated by a mask that is blind to edges (J.
//   Immerkaer, "Fast noise variance estimation", Computer Vision and Image Understanding 64, 1996), so that a noisy
//   picture of a blurred face stays blurred. The median of LFW is 81; a Gaussian blur of 2, 4 and 6 % of the face's
//   width brings it to 50, 17 and 7 (docs/attributes.md). A picture of one colour has 0.
// Rekognition publishes no definition of either; the numbers are not comparable with its own.
//
// Thread rule: pure functions.
#pragma once

#include "describe/face_chip.h"
#include "describe/face_description.h"

namespace likeness::describe {

// Both 0 if the chip shows nothing of the picture.
[[nodiscard]] Quality measure_quality(const FaceChip& chip);

}  // namespace likeness::describe

// How bright and how sharp a face is, on a scale of our own from 0 to 100.
//
// Measured inside the circle that fits the face's chip, where the chip shows the picture.
// - Brightness: 100/255 of the mean luma. LFW: 31 to 62, median 47.
// - Sharpness: let r be the root of the ratio between the mean square of the Laplacian (four neighbours) and the
//   variance of luma. It does not change with gain, and does not rise with the size of the face beyond 64 pixels: it
//   asks what is left of the face for recognition, not how fine the skin is. Sharpness is 100 (1 - exp(-(r / 0.4)^2)).
//   The median of LFW is 84; a Gaussian blur of 2 and 4 % of the face's width brings it to 32 and 8
//   (docs/attributes.md). A picture of one colour has 0. Noise counts as sharpness.
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

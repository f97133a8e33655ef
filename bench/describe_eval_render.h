// For the evaluation of src/describe: pictures with a known truth, made from a picture of a face and its mesh.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>

#include "describe/face_description.h"
#include "describe/head_frame.h"
#include "image/face_mesh.h"
#include "image/image.h"

namespace likeness::bench {

// The face turned to this pose (relative to the mean face's; its own pose, as `own` tells it, is undone first), as a
// square picture of `side` pixels with the face 43 % of it high. The mesh carries the picture as its texture, and three
// rings round it, each farther back, carry hair and background. What the rings do not reach is grey.
[[nodiscard]] Image render_turned(const Image& image, const FaceMesh& mesh, const describe::HeadFrame& own,
                                  const describe::Pose& pose, int side);

// Both irises moved inside the lids as an eyeball turned by these degrees would move them; the lids stay.
[[nodiscard]] Image render_gaze(const Image& image, const FaceMesh& mesh, float yaw, float pitch);

// Both upper lids drawn down to the lower ones, with the skin above them. Rough: where the mesh puts the lid too low, a
// dark smear of the eye stays; of 48 looked at, about a third pass for closed eyes.
[[nodiscard]] Image render_closed_eyes(const Image& image, const FaceMesh& mesh);

// A cloth over mouth, nose and chin, of one of six colours, shaded like the face.
[[nodiscard]] Image render_mask(const Image& image, const FaceMesh& mesh, std::uint32_t seed);
// A patch of the face's own colour over the mouth or one eye, as a hand would be.
[[nodiscard]] Image render_hand(const Image& image, const FaceMesh& mesh, std::uint32_t seed);

[[nodiscard]] Image gaussian_blur(const Image& image, float sigma);
[[nodiscard]] Image multiply(const Image& image, float gain);

}  // namespace likeness::bench

// What makes faces hard to find, made on purpose: small, many, cut off, dark, blinding; and patterns that are no faces.
// For measuring.
//
// Thread rule: pure functions; what is random is the same every time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image/geometry.h"
#include "image/image.h"

namespace likeness::bench {

// A face with what surrounds it, to be pasted.
struct FaceCut {
  Image piece;
  PixelRect face;  // in the piece
};

// The face with `margin` of its width and height on each side, scaled by averaging until it is `width` pixels wide;
// black where it reaches out of the picture.
[[nodiscard]] FaceCut cut_face(const Image& picture, const PixelRect& face, float width, float margin);

// Parts that reach out of the scene are left out. Returns where the face is in the scene.
PixelRect paste(const FaceCut& cut, Image& scene, int left, int top);

// A quarter turn clockwise.
[[nodiscard]] Image turned(Image image);
[[nodiscard]] PixelRect turned(const PixelRect& rect, Size before);

// What a camera sees in the dark: pixels times `gain`, then Gaussian noise of this deviation, of 255, on each channel.
[[nodiscard]] Image at_night(const Image& image, float gain, float noise, std::uint32_t seed);

// A light that shines into the camera: adds up to `strength` of 255 at `centre`, half of it at `radius` pixels.
[[nodiscard]] Image with_glare(const Image& image, Point centre, float radius, float strength);

// The rectangle filled with the mean colour of its border.
[[nodiscard]] Image with_hidden(const Image& image, const PixelRect& rect);

struct Pattern {
  std::string name;
  Image image;
};

// Chessboards, rings, gratings, sockets, noise fine and coarse: 1280x720 each.
[[nodiscard]] std::vector<Pattern> make_patterns();

}  // namespace likeness::bench

// Marks on a picture: boxes and points, for people who look at results. Plain colours without anti-aliasing; what lies
// outside the picture is left out.
//
// Thread rule: as the Image that is drawn on.
#pragma once

#include <cstdint>

#include "image/geometry.h"
#include "image/image.h"

namespace likeness {

struct Colour {
  std::uint8_t blue = 0;
  std::uint8_t green = 0;
  std::uint8_t red = 0;
};

// All pixels whose centres lie in `rect`.
void fill_rect(Image& image, const PixelRect& rect, Colour colour);

// The outline of `rect`, `thickness` >= 1 pixels inward of it.
void draw_rect(Image& image, const PixelRect& rect, float thickness, Colour colour);

// All pixels whose centres lie within `radius` of `centre`.
void draw_disc(Image& image, Point centre, float radius, Colour colour);

}  // namespace likeness

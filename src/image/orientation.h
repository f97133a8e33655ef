// Quarter turns and mirror images, as cameras ask for them.
//
// Thread rule: a free function on a value.
#pragma once

#include "image/image.h"

namespace likeness {

// How a stored picture must be turned to stand upright; the values are those of the tag Orientation (0x0112) of
// Exif 2.32, 4.6.4. The names say where the stored picture's first row and first column belong.
enum class Orientation {
  top_left = 1,  // upright as stored
  top_right = 2,
  bottom_right = 3,
  bottom_left = 4,
  left_top = 5,
  right_top = 6,
  right_bottom = 7,
  left_bottom = 8,
};

// Whether width and height change places.
[[nodiscard]] constexpr bool swaps_sides(Orientation orientation) { return orientation >= Orientation::left_top; }

// The picture, upright. Takes `stored` along unchanged for top_left and otherwise needs the memory of both.
[[nodiscard]] Image upright(Image stored, Orientation orientation);

}  // namespace likeness

// The sizes that pictures are brought to before detection: a short fixed list, so that all of them are compiled at
// start; which of them a picture gets; and how a long strip is cut so that its faces stay large enough.
//
// Thread rule: plain values and pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "image/geometry.h"

namespace likeness::detect {

// Width and height in pixels, multiples of 32 (the coarsest stride of the detectors). The three large ones have about
// the same area, 0.9 megapixels: a face of 24 px in 1920x1080 keeps 16 px, which YuNet finds in 96 % of the cases where
// it stands alone; with the 12 px that half a megapixel leaves it finds 77 % (docs/models.md).
inline constexpr std::array<Size, 9> input_sizes = {{
    {320, 320},
    {640, 384},
    {384, 640},
    {960, 544},
    {736, 736},
    {544, 960},
    {1280, 736},
    {960, 960},
    {736, 1280},
}};

// The smallest of them, for looking once more: at faces that fill the picture, and at turned pictures.
inline constexpr std::size_t coarse_size = 0;

// The cheapest size that holds the picture without shrinking it, else the one that shrinks it least.
// An index into input_sizes.
[[nodiscard]] std::size_t choose_input_size(Size picture);

// A piece of a picture that is looked at by itself. Pieces overlap by the picture's shorter side; of a face that shows
// in two pieces the one counts in whose core its centre lies, and the cores meet without overlapping. So a face no
// larger than the shorter side is seen whole at least once and counted once.
struct Tile {
  int left = 0;  // pixels of the picture, all
  int top = 0;
  Size size;
  PixelRect core;
};

// One tile, the picture itself, unless it is more than three times as long as wide and would be shrunk; then up to 8,
// about twice as long as wide where 8 suffice.
[[nodiscard]] std::vector<Tile> split_into_tiles(Size picture);

}  // namespace likeness::detect

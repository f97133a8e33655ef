#include "image/orientation.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace likeness {
namespace {

// Where the pixel (x, y) of the upright picture is stored: base + x * dx + y * dy, in bytes.
struct Walk {
  std::ptrdiff_t base = 0;
  std::ptrdiff_t dx = 0;
  std::ptrdiff_t dy = 0;
};

Walk walk_of(Size stored, Orientation orientation) {
  const std::ptrdiff_t pixel = Image::channels;
  const std::ptrdiff_t row = pixel * stored.width;
  const std::ptrdiff_t last_column = row - pixel;
  const std::ptrdiff_t last_row = row * (stored.height - 1);
  switch (orientation) {
    case Orientation::top_left: break;
    case Orientation::top_right: return {last_column, -pixel, row};
    case Orientation::bottom_right: return {last_column + last_row, -pixel, -row};
    case Orientation::bottom_left: return {last_row, pixel, -row};
    case Orientation::left_top: return {0, row, pixel};
    case Orientation::right_top: return {last_row, -row, pixel};
    case Orientation::right_bottom: return {last_column + last_row, -row, -pixel};
    case Orientation::left_bottom: return {last_column, row, -pixel};
  }
  return {0, pixel, row};
}

// Square tiles keep both pictures' lines in the first-level cache while rows of one are columns of the other.
constexpr int tile = 32;

}  // namespace

Image upright(Image stored, Orientation orientation) {
  if (orientation == Orientation::top_left || stored.empty()) return stored;
  const Walk walk = walk_of(stored.size(), orientation);
  const bool swap = swaps_sides(orientation);
  Image out(swap ? Size{stored.height(), stored.width()} : stored.size());
  const std::uint8_t* const from = stored.bytes().data() + walk.base;
  for (int tile_y = 0; tile_y < out.height(); tile_y += tile) {
    const int bottom = std::min(tile_y + tile, out.height());
    for (int tile_x = 0; tile_x < out.width(); tile_x += tile) {
      const int right = std::min(tile_x + tile, out.width());
      for (int y = tile_y; y < bottom; ++y) {
        const std::uint8_t* pixel = from + walk.dy * y + walk.dx * tile_x;
        std::uint8_t* to = out.row(y) + static_cast<std::ptrdiff_t>(tile_x) * Image::channels;
        for (int x = tile_x; x < right; ++x, to += Image::channels) {
          for (int c = 0; c < Image::channels; ++c) to[c] = pixel[c];
          pixel += walk.dx;
        }
      }
    }
  }
  return out;
}

}  // namespace likeness

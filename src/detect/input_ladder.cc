#include "detect/input_ladder.h"

#include <algorithm>

#include "image/resize.h"

namespace likeness::detect {
namespace {

constexpr int longest_ratio = 3;  // a strip longer than this is cut
constexpr int tile_ratio = 2;     // into pieces of about this
constexpr int max_tiles = 8;      // which bounds the work for any picture

}  // namespace

std::size_t choose_input_size(Size picture) {
  const auto area = [](Size size) { return size.width * size.height; };
  std::size_t best = 0;
  float best_scale = 0;
  for (std::size_t i = 0; i < input_sizes.size(); ++i) {
    // More than 1 is worth no more than 1: the picture has no detail that the size would lose.
    const float scale = std::min(1.0F, fit_letterbox(picture, input_sizes[i]).scale);
    if (scale > best_scale || (scale == best_scale && area(input_sizes[i]) < area(input_sizes[best]))) {
      best = i;
      best_scale = scale;
    }
  }
  return best;
}

std::vector<Tile> split_into_tiles(Size picture) {
  const auto [shorter, longer] = std::minmax(picture.width, picture.height);
  const bool fits = fit_letterbox(picture, input_sizes[choose_input_size(picture)]).scale >= 1;
  if (fits || longer <= longest_ratio * shorter) {
    const PixelRect all = {0, 0, static_cast<float>(picture.width), static_cast<float>(picture.height)};
    return {{0, 0, picture, all}};
  }
  const int count = std::min(max_tiles, (longer + tile_ratio * shorter - 1) / (tile_ratio * shorter));
  const int step = (longer - shorter) / count;  // from one tile to the next; the last one also takes what is left over
  std::vector<Tile> tiles;
  for (int i = 0; i < count; ++i) {
    const int begin = i * step;
    const int end = i + 1 == count ? longer : begin + step + shorter;
    const float core_begin = i == 0 ? 0 : static_cast<float>(begin) + static_cast<float>(shorter) / 2;
    const float core_end = i + 1 == count ? static_cast<float>(longer)
                                          : static_cast<float>(begin + step) + static_cast<float>(shorter) / 2;
    const auto across = static_cast<float>(shorter);
    if (picture.width > picture.height) {
      tiles.push_back({begin, 0, {end - begin, shorter}, {core_begin, 0, core_end - core_begin, across}});
    } else {
      tiles.push_back({0, begin, {shorter, end - begin}, {0, core_begin, across, core_end - core_begin}});
    }
  }
  return tiles;
}

}  // namespace likeness::detect

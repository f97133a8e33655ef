#include "image/draw.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace likeness {
namespace {

// The first pixel whose centre is at `edge` or beyond, within 0..length. A NaN gives 0.
int first_pixel(float edge, int length) {
  return edge > 0.5F ? static_cast<int>(std::ceil(std::min(edge - 0.5F, static_cast<float>(length)))) : 0;
}

void set_pixels(Image& image, int y, int begin, int end, Colour colour) {
  std::uint8_t* pixel = image.row(y) + static_cast<std::ptrdiff_t>(begin) * Image::channels;
  for (int x = begin; x < end; ++x, pixel += Image::channels) {
    pixel[0] = colour.blue;
    pixel[1] = colour.green;
    pixel[2] = colour.red;
  }
}

}  // namespace

void fill_rect(Image& image, const PixelRect& rect, Colour colour) {
  const int left = first_pixel(rect.left, image.width());
  const int right = first_pixel(rect.right(), image.width());
  const int bottom = first_pixel(rect.bottom(), image.height());
  for (int y = first_pixel(rect.top, image.height()); y < bottom; ++y) set_pixels(image, y, left, right, colour);
}

void draw_rect(Image& image, const PixelRect& rect, float thickness, Colour colour) {
  const float across = std::min(thickness, rect.width);
  const float down = std::min(thickness, rect.height);
  fill_rect(image, {rect.left, rect.top, rect.width, down}, colour);
  fill_rect(image, {rect.left, rect.bottom() - down, rect.width, down}, colour);
  fill_rect(image, {rect.left, rect.top, across, rect.height}, colour);
  fill_rect(image, {rect.right() - across, rect.top, across, rect.height}, colour);
}

void draw_disc(Image& image, Point centre, float radius, Colour colour) {
  const int bottom = first_pixel(centre.y + radius, image.height());
  for (int y = first_pixel(centre.y - radius, image.height()); y < bottom; ++y) {
    const float dy = static_cast<float>(y) + 0.5F - centre.y;
    const float half = std::sqrt(std::max(0.0F, radius * radius - dy * dy));
    const int left = first_pixel(centre.x - half, image.width());
    set_pixels(image, y, left, std::max(left, first_pixel(centre.x + half, image.width())), colour);
  }
}

}  // namespace likeness

#include "describe/face_chip.h"

#include <algorithm>
#include <cmath>

#include "image/warp.h"

namespace likeness::describe {
namespace {

Affine chip_to_picture(const PixelRect& box, const FaceMesh& mesh) {
  const FivePoints five = five_points(mesh);
  const float angle = std::atan2(five[1].y - five[0].y, five[1].x - five[0].x);
  const float scale = std::max(1.0F, 1.1F * std::max(box.width, box.height)) / static_cast<float>(FaceChip::side);
  const float c = scale * std::cos(angle);
  const float s = scale * std::sin(angle);
  const Point centre = box.centre();
  const float half = static_cast<float>(FaceChip::side) / 2;
  return {{c, -s, centre.x - (c - s) * half, s, c, centre.y - (s + c) * half}};
}

}  // namespace

FaceChip::FaceChip(const Image& image, const PixelRect& box, const FaceMesh& mesh)
    : picture_(image.size()),
      to_picture_(chip_to_picture(box, mesh)),
      from_picture_(to_picture_.inverse()),
      pixels_(warp_affine(image, to_picture_, {side, side})) {}

bool FaceChip::shows_picture(int x, int y) const {
  const Point p = to_picture_.apply({static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F});
  return p.x >= 0 && p.y >= 0 && p.x < static_cast<float>(picture_.width) && p.y < static_cast<float>(picture_.height);
}

}  // namespace likeness::describe

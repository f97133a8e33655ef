// A small upright picture of one face, that quality and cover are judged on, whatever size the face had.
//
// Thread rule: thread-compatible; const methods may run at the same time.
#pragma once

#include "image/face_mesh.h"
#include "image/geometry.h"
#include "image/image.h"

namespace likeness::describe {

class FaceChip {
 public:
  // 64: fine enough to see the blur that spoils recognition (docs/attributes.md), and cheap.
  static constexpr int side = 64;  // pixels

  // The square round the box, 1.1 times its longer side, turned so that the eyes are level.
  // Precondition: the picture is not empty.
  FaceChip(const Image& image, const PixelRect& box, const FaceMesh& mesh);

  [[nodiscard]] const Image& pixels() const { return pixels_; }
  // From the picture into the chip.
  [[nodiscard]] Point locate(Point in_picture) const { return from_picture_.apply(in_picture); }
  // Whether the chip shows the picture at the centre of this pixel, not what lies beyond its edge.
  [[nodiscard]] bool shows_picture(int x, int y) const;

 private:
  Size picture_;
  Affine to_picture_;
  Affine from_picture_;
  Image pixels_;
};

// Rec. 601 luma of a pixel (blue, green, red), 0..255.
[[nodiscard]] inline float luma(const std::uint8_t* bgr) {
  return 0.114F * static_cast<float>(bgr[0]) + 0.587F * static_cast<float>(bgr[1]) +
         0.299F * static_cast<float>(bgr[2]);
}

}  // namespace likeness::describe

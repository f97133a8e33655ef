// Where the faces are: boxes with a score and five landmarks.
//
// Thread rule: const and thread-safe after construction.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "image/image.h"

namespace likeness::detect {

// Five points in this order: eye on the left of the picture, eye on the right, nose tip, mouth corner on the left, on
// the right.
using FivePoints = std::array<Point, 5>;

struct FaceDetection {
  PixelRect box;         // pixels of the picture given; may reach outside
  float score = 0;       // [0,1], of the detector; not calibrated
  FivePoints landmarks;  // pixels of the picture given
};

class FaceDetector {
 public:
  virtual ~FaceDetector() = default;
  // All faces above the pack's score threshold after non-maximum suppression, highest score first, at most 1,000.
  [[nodiscard]] virtual Result<std::vector<FaceDetection>> detect(const Image& image) const = 0;
};

}  // namespace likeness::detect

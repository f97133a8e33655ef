// An embedding: a unit-length vector that is near for pictures of one person and far for different people.
//
// Thread rule: const and thread-safe after construction.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "image/image.h"

namespace likeness::embed {

struct Embedding {
  std::vector<float> values;  // unit length
  float norm = 0;             // length of the model's raw output; low for blurred or tiny faces
};

class Embedder {
 public:
  virtual ~Embedder() = default;
  // `points`: the five alignment points in pixels of `image`, in the order of detect::FivePoints.
  [[nodiscard]] virtual Result<Embedding> embed(const Image& image, const std::array<Point, 5>& points) const = 0;
  // Hash of pack, preprocessing and alignment version. Vectors of different spaces must never be compared.
  [[nodiscard]] virtual const std::string& embedding_space() const = 0;
};

}  // namespace likeness::embed

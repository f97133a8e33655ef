// From the cosine of two embeddings to a Similarity of 0..100, and back.
//
// Similarity is a statement about false matches: the pack's table says at which cosine which share of comparisons of
// different people is wrong, and what Similarity that is called (docs/models.md). Between two points of the table
// Similarity is linear in the cosine, which is linear in log10 of the rate, since the rate falls exponentially there.
// Below the first point it falls linearly to 0 at the cosine -1, above the last it rises to 100 at the cosine 1: the
// same picture.
//
// Thread rule: const after construction.
#pragma once

#include <vector>

#include "base/result.h"
#include "infer/manifest.h"

namespace likeness::embed {

class Calibration {
 public:
  // Errors: corrupt (less than two points; their order was checked when the manifest was read).
  [[nodiscard]] static Result<Calibration> create(const std::vector<infer::CalibrationPoint>& points);

  // In [0,100], never falling. Cosines outside [-1,1] by rounding, and NaN, count as the nearest of them, and -1.
  [[nodiscard]] float similarity(float cosine) const;
  // The least cosine whose similarity reaches `similarity`: the inverse, for thresholds. Clamps to [0,100].
  [[nodiscard]] float cosine(float similarity) const;

 private:
  struct Knot {
    float cosine;
    float similarity;
  };
  explicit Calibration(std::vector<Knot> knots);
  std::vector<Knot> knots_;  // both rising, from (-1, 0) to (1, 100)
};

}  // namespace likeness::embed

// From the cosine of two embeddings to a Similarity of 0..100, and back.
//
// Similarity is a statement about false matches: the pack's table says at which cosine which share of comparisons of
// different people is wrong, and what Similarity that is called (docs/models.md). Between two points of the table
// Similarity is linear in the cosine, which is linear in log10 of the rate, since the rate falls exponentially there.
// Below the first point it falls linearly to 0 at the cosine -1, above the last it rises to 100 at the cosine 1: the
// same picture.
//
// The table holds for sharp faces. Blurred strangers resemble each other to every embedder at hand, so a comparison in
// which both faces are blurred is worth less: the distance of the embeddings (1 - cosine) counts as many times as the
// pack's second table says for the sharper of the two. The same picture stays at 100. Without the second table nothing
// is corrected.
//
// Thread rule: const after construction.
#pragma once

#include <vector>

#include "base/result.h"
#include "infer/manifest.h"

namespace likeness::embed {

// The cosine at `factor` (1 or more) times the distance, exactly `cosine` for 1.
[[nodiscard]] inline float stretched(float cosine, float factor) {
  return factor > 1 ? 1 - (1 - cosine) * factor : cosine;
}

class Calibration {
 public:
  // Errors: corrupt (less than two points of the first table; the order of both was checked when the manifest was
  // read).
  [[nodiscard]] static Result<Calibration> create(const std::vector<infer::CalibrationPoint>& points,
                                                  const std::vector<infer::BlurPoint>& blur = {});

  // Of sharp faces. In [0,100], never falling. Cosines outside [-1,1] by rounding, and NaN, count as the nearest of
  // them, and -1.
  [[nodiscard]] float similarity(float cosine) const;
  // Of any; `sharpness` (0..100) is that of the sharper face. Never falling in either, never above that of sharp faces.
  [[nodiscard]] float similarity(float cosine, float sharpness) const {
    return similarity(effective_cosine(cosine, sharpness));
  }
  // The least cosine whose similarity between sharp faces reaches `similarity`: the inverse, for thresholds. Clamps to
  // [0,100].
  [[nodiscard]] float cosine(float similarity) const;
  // The share of comparisons of different people, sharp as those of the table, that reach this similarity: in (0,1],
  // never rising. 10^x is linear in the cosine between the points, and beyond the last as between the last two.
  [[nodiscard]] double false_match_rate(float similarity) const;
  // Above this similarity no measurement supports the rate.
  [[nodiscard]] float highest_measured() const { return highest_measured_; }

  // How many times the distance counts where the sharper face has this sharpness: 1 or more, never rising.
  [[nodiscard]] float distance_factor(float sharpness) const;
  // The cosine between sharp faces that says as much. Never above `cosine`.
  [[nodiscard]] float effective_cosine(float cosine, float sharpness) const {
    return stretched(cosine, distance_factor(sharpness));
  }

 private:
  struct Knot {
    float cosine;
    float similarity;
    double log_rate;  // log10 of the false-match rate
  };
  Calibration(std::vector<Knot> knots, std::vector<infer::BlurPoint> blur);
  std::vector<Knot> knots_;             // both rising, from (-1, 0) to (1, 100)
  std::vector<infer::BlurPoint> blur_;  // rising sharpness, falling factor; may be empty
  float highest_measured_ = 0;
};

}  // namespace likeness::embed

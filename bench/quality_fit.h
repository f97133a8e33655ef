// The logistic model of embed/face_quality.h, fitted to comparisons. For measuring.
//
// Thread rule: pure functions.
#pragma once

#include <vector>

#include "embed/face_quality.h"

namespace likeness::bench {

// A comparison of a face with a sharp picture of the same person.
struct Attempt {
  embed::QualityCues cues;
  bool matched = false;
};

// By Newton's method on the likelihood (McCullagh and Nelder, "Generalized Linear Models", 1989, chapter 4).
[[nodiscard]] infer::QualityModel fit_quality(const std::vector<Attempt>& attempts);

}  // namespace likeness::bench

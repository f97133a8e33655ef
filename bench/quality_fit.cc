#include "quality_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace likeness::bench {

namespace {

constexpr std::size_t terms = 4;
constexpr int iterations = 25;  // it converges within ten
using Vector = std::array<double, terms>;
using Matrix = std::array<Vector, terms>;

Vector cues_of(const embed::QualityCues& cues) {
  return {1, static_cast<double>(cues.norm), std::sqrt(static_cast<double>(cues.sharpness) / 100),
          static_cast<double>(cues.cover)};
}

// By elimination with the largest pivot.
Vector solve(Matrix a, Vector b) {
  for (std::size_t i = 0; i < terms; ++i) {
    std::size_t pivot = i;
    for (std::size_t row = i + 1; row < terms; ++row) {
      if (std::abs(a[row][i]) > std::abs(a[pivot][i])) pivot = row;
    }
    std::swap(a[i], a[pivot]);
    std::swap(b[i], b[pivot]);
    for (std::size_t row = i + 1; row < terms; ++row) {
      const double factor = a[row][i] / a[i][i];
      for (std::size_t column = i; column < terms; ++column) a[row][column] -= factor * a[i][column];
      b[row] -= factor * b[i];
    }
  }
  Vector x{};
  for (std::size_t i = terms; i-- > 0;) {
    double sum = b[i];
    for (std::size_t column = i + 1; column < terms; ++column) sum -= a[i][column] * x[column];
    x[i] = sum / a[i][i];
  }
  return x;
}

}  // namespace

infer::QualityModel fit_quality(const std::vector<Attempt>& attempts) {
  constexpr double ridge = 1e-6;  // keeps what never varies from being divided by
  Vector weights{};
  for (int iteration = 0; iteration < iterations; ++iteration) {
    Vector gradient{};
    Matrix curvature{};
    for (std::size_t i = 0; i < terms; ++i) curvature[i][i] = ridge;
    for (const Attempt& attempt : attempts) {
      const Vector cues = cues_of(attempt.cues);
      double log_odds = 0;
      for (std::size_t i = 0; i < terms; ++i) log_odds += weights[i] * cues[i];
      const double chance = 1 / (1 + std::exp(-log_odds));
      for (std::size_t i = 0; i < terms; ++i) {
        gradient[i] += ((attempt.matched ? 1 : 0) - chance) * cues[i];
        for (std::size_t j = 0; j < terms; ++j) curvature[i][j] += chance * (1 - chance) * cues[i] * cues[j];
      }
    }
    const Vector step = solve(curvature, gradient);
    for (std::size_t i = 0; i < terms; ++i) weights[i] += step[i];
  }
  return {.intercept = static_cast<float>(weights[0]),
          .norm = static_cast<float>(std::max(0.0, weights[1])),
          .sharpness = static_cast<float>(std::max(0.0, weights[2])),
          .cover = static_cast<float>(std::min(0.0, weights[3]))};
}

}  // namespace likeness::bench

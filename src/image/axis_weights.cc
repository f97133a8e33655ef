#include "image/axis_weights.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace likeness {
namespace {

// Coverage below this is an artefact of rounding in i * factor, and would only cost a tap.
constexpr double negligible = 1e-6;

// The source pixels first, first + 1, ... of one output pixel; `weights` is as long as needed.
struct Contribution {
  int first = 0;
  std::vector<double> weights;
};

Contribution shrink(int source, int i, double factor) {
  const double begin = std::min(i * factor, source - negligible);
  const double end = std::min((i + 1) * factor, static_cast<double>(source));
  Contribution c;
  c.first = static_cast<int>(std::floor(begin));
  for (int pixel = c.first; pixel < source && pixel < end; ++pixel) {
    const double covered = std::min(end, pixel + 1.0) - std::max(begin, static_cast<double>(pixel));
    if (covered > negligible) {
      c.weights.push_back(covered / (end - begin));
    } else if (c.weights.empty()) {
      ++c.first;
    }
  }
  if (c.weights.empty()) return {source - 1, {1.0}};
  return c;
}

Contribution grow(int source, int i, double factor) {
  const double centre = std::clamp((i + 0.5) * factor - 0.5, 0.0, source - 1.0);
  const auto first = static_cast<int>(std::floor(centre));
  const double second_share = centre - first;
  if (second_share < negligible) return {first, {1.0}};
  return {first, {1.0 - second_share, second_share}};
}

}  // namespace

AxisWeights make_axis_weights(int source, int count, double factor) {
  std::vector<Contribution> contributions;
  contributions.reserve(static_cast<std::size_t>(count));
  std::size_t taps = 1;
  for (int i = 0; i < count; ++i) {
    contributions.push_back(factor > 1 ? shrink(source, i, factor) : grow(source, i, factor));
    taps = std::max(taps, contributions.back().weights.size());
  }
  AxisWeights axis;
  axis.taps = static_cast<int>(taps);
  axis.first.reserve(contributions.size());
  axis.weights.assign(contributions.size() * taps, 0.0F);
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    // A pixel at the end with fewer contributions than taps starts earlier, with weights of 0 in front.
    const int first = std::min(contributions[i].first, source - axis.taps);
    const auto shift = static_cast<std::size_t>(contributions[i].first - first);
    axis.first.push_back(first);
    for (std::size_t k = 0; k < contributions[i].weights.size(); ++k) {
      axis.weights[i * taps + shift + k] = static_cast<float>(contributions[i].weights[k]);
    }
  }
  return axis;
}

}  // namespace likeness

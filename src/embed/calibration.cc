#include "embed/calibration.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace likeness::embed {
namespace {

// The value at `x` of the line through (x0, y0) and (x1, y1), kept between y0 and y1 against rounding.
float interpolate(float x, float x0, float y0, float x1, float y1) {
  return std::clamp(y0 + (x - x0) * (y1 - y0) / (x1 - x0), y0, y1);
}

}  // namespace

Calibration::Calibration(std::vector<Knot> knots) : knots_(std::move(knots)) {}

Result<Calibration> Calibration::create(const std::vector<infer::CalibrationPoint>& points) {
  if (points.size() < 2)
    return Error(ErrorKind::corrupt, "an embedder's pack needs two [[calibration]] points or more");
  std::vector<Knot> knots = {{-1, 0}};
  for (const infer::CalibrationPoint& point : points) knots.push_back({point.cosine, point.similarity});
  knots.push_back({1, 100});
  return Calibration(std::move(knots));
}

float Calibration::similarity(float cosine) const {
  if (!(cosine > -1)) return 0;
  if (cosine >= 1) return 100;
  const auto upper = std::upper_bound(knots_.begin(), knots_.end(), cosine,
                                      [](float value, const Knot& knot) { return value < knot.cosine; });
  const auto lower = std::prev(upper);
  return interpolate(cosine, lower->cosine, lower->similarity, upper->cosine, upper->similarity);
}

float Calibration::cosine(float similarity) const {
  if (!(similarity > 0)) return -1;
  if (similarity >= 100) return 1;
  const auto upper = std::upper_bound(knots_.begin(), knots_.end(), similarity,
                                      [](float value, const Knot& knot) { return value < knot.similarity; });
  const auto lower = std::prev(upper);
  return interpolate(similarity, lower->similarity, lower->cosine, upper->similarity, upper->cosine);
}

}  // namespace likeness::embed

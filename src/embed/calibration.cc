#include "embed/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

namespace likeness::embed {
namespace {

// The value at `x` of the line through (x0, y0) and (x1, y1), kept between y0 and y1 against rounding.
float interpolate(float x, float x0, float y0, float x1, float y1) {
  return std::clamp(y0 + (x - x0) * (y1 - y0) / (x1 - x0), y0, y1);
}

}  // namespace

Calibration::Calibration(std::vector<Knot> knots, std::vector<infer::BlurPoint> blur)
    : knots_(std::move(knots)), blur_(std::move(blur)) {}

Result<Calibration> Calibration::create(const std::vector<infer::CalibrationPoint>& points,
                                        const std::vector<infer::BlurPoint>& blur) {
  if (points.size() < 2)
    return Error(ErrorKind::corrupt, "an embedder's pack needs two [[calibration]] points or more");
  std::vector<Knot> knots = {{-1, 0, 0}};
  for (const infer::CalibrationPoint& point : points) {
    knots.push_back({point.cosine, point.similarity, std::log10(point.false_match_rate)});
  }
  const Knot last = knots.back();
  const Knot& before = knots[knots.size() - 2];
  const double fall = (last.log_rate - before.log_rate) / static_cast<double>(last.cosine - before.cosine);
  knots.push_back({1, 100, last.log_rate + fall * static_cast<double>(1 - last.cosine)});
  Calibration calibration(std::move(knots), blur);
  for (const infer::CalibrationPoint& point : points) {
    if (!point.extrapolated) calibration.highest_measured_ = point.similarity;
  }
  return calibration;
}

float Calibration::similarity(float cosine) const {
  if (!(cosine > -1)) return 0;
  if (cosine >= 1) return 100;
  const auto upper = std::upper_bound(knots_.begin(), knots_.end(), cosine,
                                      [](float value, const Knot& knot) { return value < knot.cosine; });
  const auto lower = std::prev(upper);
  return interpolate(cosine, lower->cosine, lower->similarity, upper->cosine, upper->similarity);
}

double Calibration::false_match_rate(float similarity) const {
  const float at = cosine(similarity);
  const auto upper = std::find_if(std::next(knots_.begin()), std::prev(knots_.end()),
                                  [at](const Knot& knot) { return at <= knot.cosine; });
  const auto lower = std::prev(upper);
  const double part = static_cast<double>(at - lower->cosine) / static_cast<double>(upper->cosine - lower->cosine);
  return std::pow(10, lower->log_rate + std::clamp(part, 0.0, 1.0) * (upper->log_rate - lower->log_rate));
}

float Calibration::distance_factor(float sharpness) const {
  if (blur_.empty() || std::isnan(sharpness)) return 1;
  const auto upper = std::find_if(blur_.begin(), blur_.end(),
                                  [sharpness](const infer::BlurPoint& point) { return sharpness <= point.sharpness; });
  if (upper == blur_.end()) return blur_.back().distance_factor;
  if (upper == blur_.begin()) return upper->distance_factor;
  const auto lower = std::prev(upper);
  const float part = (sharpness - lower->sharpness) / (upper->sharpness - lower->sharpness);
  return lower->distance_factor + part * (upper->distance_factor - lower->distance_factor);
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

#include "embed/face_quality.h"

#include <algorithm>
#include <cmath>

namespace likeness::embed {

float face_quality(const infer::QualityModel& model, const QualityCues& cues) {
  const float detail = std::sqrt(std::clamp(cues.sharpness, 0.0F, 100.0F) / 100);
  const float log_odds = model.intercept + model.norm * cues.norm + model.sharpness * detail + model.cover * cues.cover;
  return 100 / (1 + std::exp(-log_odds));
}

}  // namespace likeness::embed

#include "pipeline/face_confidence.h"

#include <algorithm>
#include <cmath>

namespace likeness::pipeline {
namespace {

float logit(float score, float highest) {
  constexpr float lowest = 0.01F;
  const float p = std::clamp(score, lowest, highest);
  return std::log(p / (1 - p));
}

}  // namespace

float face_confidence(const std::optional<infer::ConfidenceModel>& model, float detector_score, float mesh_score) {
  if (!model) return 100 * (1 - (1 - detector_score) * (1 - mesh_score));
  const float log_odds =
      model->constant + model->detector * logit(detector_score, 0.99F) + model->mesh * logit(mesh_score, 0.9999F);
  return 100 / (1 + std::exp(-log_odds));
}

}  // namespace likeness::pipeline

#include "api/quality_filter.h"

namespace likeness::api {

namespace {

wire::Reason to_reason(gallery::Shortcoming shortcoming) {
  switch (shortcoming) {
    case gallery::Shortcoming::exceeds_max_faces: return wire::Reason::exceeds_max_faces;
    case gallery::Shortcoming::extreme_pose: return wire::Reason::extreme_pose;
    case gallery::Shortcoming::low_brightness: return wire::Reason::low_brightness;
    case gallery::Shortcoming::low_sharpness: return wire::Reason::low_sharpness;
    case gallery::Shortcoming::low_confidence: return wire::Reason::low_confidence;
    case gallery::Shortcoming::low_face_quality: return wire::Reason::low_face_quality;
  }
  return wire::Reason::low_face_quality;
}

wire::UnsearchedFaceReason to_unsearched_reason(gallery::Shortcoming shortcoming) {
  switch (shortcoming) {
    case gallery::Shortcoming::exceeds_max_faces: return wire::UnsearchedFaceReason::exceeds_max_faces;
    case gallery::Shortcoming::extreme_pose: return wire::UnsearchedFaceReason::extreme_pose;
    case gallery::Shortcoming::low_brightness: return wire::UnsearchedFaceReason::low_brightness;
    case gallery::Shortcoming::low_sharpness: return wire::UnsearchedFaceReason::low_sharpness;
    case gallery::Shortcoming::low_confidence: return wire::UnsearchedFaceReason::low_confidence;
    case gallery::Shortcoming::low_face_quality: return wire::UnsearchedFaceReason::low_face_quality;
  }
  return wire::UnsearchedFaceReason::low_face_quality;
}

}  // namespace

gallery::QualityBar to_quality_bar(const std::optional<wire::QualityFilter>& filter, gallery::QualityBar absent) {
  if (!filter) return absent;
  switch (*filter) {
    case wire::QualityFilter::none: return gallery::QualityBar::none;
    case wire::QualityFilter::auto_: return gallery::QualityBar::automatic;
    case wire::QualityFilter::low: return gallery::QualityBar::low;
    case wire::QualityFilter::medium: return gallery::QualityBar::medium;
    case wire::QualityFilter::high: return gallery::QualityBar::high;
  }
  return absent;
}

std::vector<wire::Reason> to_reasons(const std::vector<gallery::Shortcoming>& shortcomings) {
  std::vector<wire::Reason> reasons;
  reasons.reserve(shortcomings.size());
  for (const gallery::Shortcoming shortcoming : shortcomings) reasons.push_back(to_reason(shortcoming));
  return reasons;
}

std::vector<wire::UnsearchedFaceReason> to_unsearched_reasons(const std::vector<gallery::Shortcoming>& shortcomings) {
  std::vector<wire::UnsearchedFaceReason> reasons;
  reasons.reserve(shortcomings.size());
  for (const gallery::Shortcoming shortcoming : shortcomings) reasons.push_back(to_unsearched_reason(shortcoming));
  return reasons;
}

}  // namespace likeness::api

// Rekognition's QualityFilter and its reasons, as the gallery's.
//
// Thread rule: free functions on values.
#pragma once

#include <optional>
#include <vector>

#include "gallery/quality_bar.h"
#include "wire/rekognition/enums.h"

namespace likeness::api {

// `absent`: what the operation does without one.
[[nodiscard]] gallery::QualityBar to_quality_bar(const std::optional<wire::QualityFilter>& filter,
                                                 gallery::QualityBar absent);
[[nodiscard]] std::vector<wire::Reason> to_reasons(const std::vector<gallery::Shortcoming>& shortcomings);
[[nodiscard]] std::vector<wire::UnsearchedFaceReason> to_unsearched_reasons(
    const std::vector<gallery::Shortcoming>& shortcomings);

}  // namespace likeness::api

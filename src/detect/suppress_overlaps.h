// Non-maximum suppression: of boxes that overlap, the one with the highest score stays.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <vector>

#include "detect/face_detector.h"

namespace likeness::detect {

// Greedy: from the highest score down (ties: the earlier one first), each that overlaps no kept one by more than
// `max_iou`, until `max_kept` are kept. The result is sorted by score. Only the 5,000 highest scores are looked at,
// which bounds the work at 5,000 * max_kept comparisons whatever the picture shows.
[[nodiscard]] std::vector<FaceDetection> suppress_overlaps(const std::vector<FaceDetection>& faces, float max_iou,
                                                           std::size_t max_kept);

}  // namespace likeness::detect

// Non-maximum suppression: of boxes that overlap, the one with the highest score stays.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <vector>

#include "detect/face_detector.h"

namespace likeness::detect {

// Greedy: from the highest score down (ties: the earlier one first), each that overlaps no kept one by more than
// `max_iou` and whose score, taken times 1 - iou for every kept one, is still at least `least_score`; until `max_kept`
// are kept. The second rule is that of linear Soft-NMS (Bodla and others, 2017), which here only drops: what is barely
// a face and touches a better one is mostly a part of it and of what is beside it. The scores stay, and the result is
// sorted by them. Only the 5,000 highest scores are looked at, which bounds the work at 5,000 * max_kept comparisons
// whatever the picture shows.
[[nodiscard]] std::vector<FaceDetection> suppress_overlaps(const std::vector<FaceDetection>& faces, float max_iou,
                                                           float least_score, std::size_t max_kept);

}  // namespace likeness::detect

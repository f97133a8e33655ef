#include "detect/suppress_overlaps.h"

#include <algorithm>
#include <numeric>

namespace likeness::detect {
namespace {

constexpr std::size_t max_candidates = 5000;

}  // namespace

std::vector<FaceDetection> suppress_overlaps(const std::vector<FaceDetection>& faces, float max_iou, float least_score,
                                             std::size_t max_kept) {
  std::vector<std::size_t> order(faces.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto looked_at = order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), max_candidates));
  std::partial_sort(order.begin(), looked_at, order.end(), [&](std::size_t a, std::size_t b) {
    return faces[a].score != faces[b].score ? faces[a].score > faces[b].score : a < b;
  });
  std::vector<FaceDetection> kept;
  for (auto index = order.begin(); index != looked_at && kept.size() < max_kept; ++index) {
    const FaceDetection& face = faces[*index];
    float score = face.score;
    bool stays = true;
    for (auto better = kept.begin(); better != kept.end() && stays; ++better) {
      const float shared = iou(better->box, face.box);
      score *= 1 - shared;
      stays = shared <= max_iou && score >= least_score;
    }
    if (stays) kept.push_back(face);
  }
  return kept;
}

}  // namespace likeness::detect

#include "evaluate/detection.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace likeness::evaluate {

namespace {

// Widths at which cameras and detectors differ; the last has no end.
constexpr std::array<float, 6> size_limits{0, 24, 40, 80, 160, 0};

bool is_in(const RecallOfSize& size, const PixelRect& face) {
  return face.width >= size.from && (size.to <= 0 || face.width < size.to);
}

}  // namespace

Matched match_detections(const std::vector<PixelRect>& faces, const std::vector<Detection>& detections) {
  Matched matched{.found = std::vector<float>(faces.size(), -1.0F), .false_alarms = {}};
  std::vector<std::size_t> order(detections.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return detections[a].confidence != detections[b].confidence ? detections[a].confidence > detections[b].confidence
                                                                : a < b;
  });
  for (const std::size_t i : order) {
    float best = right_iou;
    std::size_t face = faces.size();
    for (std::size_t j = 0; j < faces.size(); ++j) {
      const float overlap = iou(faces[j], detections[i].box);
      if (matched.found[j] < 0 && overlap >= best) {
        best = overlap;
        face = j;
      }
    }
    if (face < faces.size()) {
      matched.found[face] = detections[i].confidence;
    } else {
      matched.false_alarms.push_back(detections[i].confidence);
    }
  }
  return matched;
}

DetectionRates detection_rates(const std::vector<DetectedPicture>& pictures, const std::vector<float>& confidences) {
  DetectionRates rates{.pictures = pictures.size(), .found = {}, .sizes = {}, .at = {}};
  for (std::size_t i = 0; i + 1 < size_limits.size(); ++i) {
    rates.sizes.push_back({.from = size_limits[i], .to = size_limits[i + 1], .found = {}});
  }
  for (const float confidence : confidences) rates.at.push_back({.confidence = confidence, .found = {}, .right = {}});
  for (const DetectedPicture& picture : pictures) {
    const Matched matched = match_detections(picture.faces, picture.detections);
    for (std::size_t i = 0; i < picture.faces.size(); ++i) {
      const bool is_found = matched.found[i] >= 0;
      ++rates.found.of;
      rates.found.count += is_found ? 1U : 0U;
      for (RecallOfSize& size : rates.sizes) {
        if (!is_in(size, picture.faces[i])) continue;
        ++size.found.of;
        size.found.count += is_found ? 1U : 0U;
      }
    }
    for (AtConfidence& at : rates.at) {
      const auto reach = [&](const std::vector<float>& values) {
        return static_cast<std::uint64_t>(
            std::count_if(values.begin(), values.end(), [&](float value) { return value >= at.confidence; }));
      };
      const std::uint64_t right = reach(matched.found);
      at.found.count += right;
      at.found.of += picture.faces.size();
      at.right.count += right;
      at.right.of += right + reach(matched.false_alarms);
    }
  }
  for (AtConfidence& at : rates.at) {
    const auto wrong = static_cast<double>(at.right.of - at.right.count);
    at.per_picture = pictures.empty() ? 0 : wrong / static_cast<double>(pictures.size());
  }
  return rates;
}

}  // namespace likeness::evaluate

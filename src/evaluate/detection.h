// Which faces are found, and what is taken for one.
//
// A detection is right if it overlaps a labelled face by half (intersection over union; M. Everingham et al., "The
// PASCAL Visual Object Classes Challenge", 2010), each face once, the detection of the higher confidence first.
//
// Thread rule: free functions on values.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "evaluate/proportion.h"
#include "image/geometry.h"

namespace likeness::evaluate {

struct Detection {
  PixelRect box;
  float confidence = 0;  // 0..100
};

struct DetectedPicture {
  std::string name;
  std::vector<PixelRect> faces;       // labelled
  std::vector<Detection> detections;  // in any order
  std::string problem;                // why the picture could not be used; then there are no detections
};

inline constexpr float right_iou = 0.5F;

// For each labelled face, the confidence of the detection that is right for it; below 0 if none is.
struct Matched {
  std::vector<float> found;         // by face
  std::vector<float> false_alarms;  // confidences of the detections that are right for none
};
[[nodiscard]] Matched match_detections(const std::vector<PixelRect>& faces, const std::vector<Detection>& detections);

struct RecallOfSize {
  float from = 0;  // pixels, the face's width
  float to = 0;    // below this; 0: no end
  Proportion found;
};

struct AtConfidence {
  float confidence = 0;
  Proportion found;        // of the labelled faces
  Proportion right;        // of the detections
  double per_picture = 0;  // false alarms
};

struct DetectionRates {
  std::size_t pictures = 0;
  Proportion found;  // at any confidence
  std::vector<RecallOfSize> sizes;
  std::vector<AtConfidence> at;
};

[[nodiscard]] DetectionRates detection_rates(const std::vector<DetectedPicture>& pictures,
                                             const std::vector<float>& confidences);

}  // namespace likeness::evaluate

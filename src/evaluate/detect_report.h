// The report of `likeness evaluate detect`.
//
// Thread rule: detect_pictures() starts threads of its own and joins them; the rest are free functions on values.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "evaluate/detection.h"
#include "evaluate/labelled_boxes.h"
#include "evaluate/subject.h"
#include "pipeline/analyze_image.h"

namespace likeness::evaluate {

// What the pipeline finds, the mesh's confirmation included. `progress` as in embed_pictures().
[[nodiscard]] std::vector<DetectedPicture> detect_pictures(const std::vector<BoxedPicture>& pictures,
                                                           const pipeline::ImageAnalyzer& analyzer, std::size_t threads,
                                                           const std::function<void(std::size_t)>& progress);

struct DetectResult {
  Subject subject;
  std::vector<DetectedPicture> pictures;
  DetectionRates rates;
};

[[nodiscard]] DetectResult evaluate_detect(std::vector<DetectedPicture> pictures);
[[nodiscard]] std::string detect_json(const DetectResult& result);
[[nodiscard]] std::string detect_html(const DetectResult& result);
[[nodiscard]] std::vector<std::string> detect_advice(const DetectResult& result);

}  // namespace likeness::evaluate

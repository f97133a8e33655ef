// A pack's detector, run on one picture at one input size: letterbox, run, decode.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/result.h"
#include "detect/detector_family.h"
#include "detect/face_detector.h"
#include "image/image.h"
#include "image/pixel_format.h"
#include "infer/pack.h"
#include "infer/runtime.h"

namespace likeness::detect {

// Thread rule: const and thread-safe after construction.
class DetectorModel {
 public:
  // Errors: as FaceDetector::create().
  [[nodiscard]] static Result<DetectorModel> create(infer::Runtime& runtime, const infer::Pack& pack);

  // Every candidate above the pack's threshold, in pixels of the picture, before suppression.
  // `size`: an index into input_sizes. Errors: internal.
  [[nodiscard]] Result<std::vector<FaceDetection>> run(const Image& image, std::size_t size) const;

  [[nodiscard]] float score_threshold() const { return threshold_; }
  [[nodiscard]] float max_iou() const { return max_iou_; }
  // With a best score below this the picture may lie on its side or stand on its head: detectors find such faces too,
  // with lower scores and wrong landmarks.
  [[nodiscard]] float upright_score() const { return upright_score_; }

 private:
  DetectorModel(std::unique_ptr<infer::Model> model, DetectorFamily::Decode decode, TensorFormat format);

  std::unique_ptr<infer::Model> model_;
  DetectorFamily::Decode decode_;
  TensorFormat format_;
  float threshold_ = 0;
  float max_iou_ = 0;
  float upright_score_ = 0;
};

}  // namespace likeness::detect

// Where the faces are: boxes with a score and five landmarks.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "image/face_mesh.h"
#include "image/geometry.h"
#include "image/image.h"
#include "infer/pack.h"
#include "infer/runtime.h"

namespace likeness::detect {

struct FaceDetection {
  PixelRect box;         // pixels of the picture given; may reach outside
  float score = 0;       // [0,1], of the detector; not calibrated
  FivePoints landmarks;  // pixels of the picture given
};

// Thread rule: const and thread-safe after construction.
class FaceDetector {
 public:
  // A call returns at most this many faces.
  static constexpr std::size_t max_faces = 1000;

  // For packs of the task face_detection. Compiles the model for every size of the ladder (input_ladder.h).
  // Errors: those of infer::Runtime::load, and corrupt (the manifest lacks a parameter or names no known decoder).
  [[nodiscard]] static Result<std::unique_ptr<FaceDetector>> create(infer::Runtime& runtime, const infer::Pack& pack);

  FaceDetector() = default;
  virtual ~FaceDetector() = default;
  FaceDetector(const FaceDetector&) = delete;
  FaceDetector& operator=(const FaceDetector&) = delete;

  // All faces above the pack's score threshold after non-maximum suppression, highest score first.
  // Precondition: the picture is not empty. Errors: internal.
  [[nodiscard]] virtual Result<std::vector<FaceDetection>> detect(const Image& image) const = 0;

  // What a score is worth beside the mesh's. Absent: the pack does not say.
  [[nodiscard]] virtual const std::optional<infer::ConfidenceModel>& confidence_model() const = 0;
};

}  // namespace likeness::detect

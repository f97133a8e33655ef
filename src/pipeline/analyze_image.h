// One picture through the stages: detect -> align -> describe | embed.
//
//   auto analyzer = TRY(ImageAnalyzer::create({.packs = {".deps/packs"}, .runtime = {.threads = 2}}));
//   auto faces = TRY(analyzer->analyze(image, {.describe = true}));
//
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "align/face_mesher.h"
#include "base/result.h"
#include "describe/face_description.h"
#include "detect/face_detector.h"
#include "embed/embedder.h"
#include "image/image.h"
#include "infer/pack.h"
#include "infer/runtime.h"

namespace likeness::pipeline {

// Which packs, and how they run. The names are those of models/*.toml; an operator's own pack is named the same way.
struct AnalyzerOptions {
  infer::PackFolders packs = {};
  std::string detector = "yunet_s";  // or "centerface"
  std::string face_mesh = "face_mesh";
  std::string iris = "iris";
  std::string embedder = "fr_feature";  // or "mobilefacenet_192"
  infer::RuntimeOptions runtime = {};
};

struct AnalyzeOptions {
  bool describe = false;        // fill AnalyzedFace::description (two inferences more a face, for the irises)
  bool embed = false;           // fill AnalyzedFace::embedding
  std::size_t max_faces = 100;  // the largest are kept (Rekognition: 100)
};

struct AnalyzedFace {
  UnitRect box;          // the detector's, from the forehead to the chin
  float confidence = 0;  // 0..100: that this is a face; see face_confidence.h
  std::optional<describe::FaceDescription> description;
  std::optional<embed::Embedding> embedding;
  // 0..100: embed/face_quality.h. Of a face that is described and embedded, by a pack that knows.
  std::optional<float> quality;
};

// Thread rule: const and thread-safe after construction; one call uses one thread.
class ImageAnalyzer {
 public:
  // Errors: those of infer::open_pack and infer::Runtime::load; each names the pack or its file.
  [[nodiscard]] static Result<std::unique_ptr<ImageAnalyzer>> create(const AnalyzerOptions& options);
  // From stages that exist already. Precondition: none is null.
  ImageAnalyzer(std::unique_ptr<const detect::FaceDetector> detector, std::unique_ptr<const align::FaceMesher> mesher,
                std::unique_ptr<const embed::Embedder> embedder);
  ~ImageAnalyzer();
  ImageAnalyzer(const ImageAnalyzer&) = delete;
  ImageAnalyzer& operator=(const ImageAnalyzer&) = delete;

  // The faces, largest box first; empty if there are none. A detection that the mesh does not confirm is dropped, and
  // of two detections of one face the one with the lower score. At most 2 * max_faces detections are looked at, largest
  // first. A face whose embedding fails has none. Errors: internal.
  [[nodiscard]] Result<std::vector<AnalyzedFace>> analyze(const Image& image, const AnalyzeOptions& options) const;

  [[nodiscard]] const detect::FaceDetector& detector() const { return *detector_; }
  [[nodiscard]] const embed::Embedder& embedder() const { return *embedder_; }
  // Models compiled since the start. Constant after create(): no request compiles.
  [[nodiscard]] std::int64_t compilations() const;

 private:
  struct Candidate;
  [[nodiscard]] Result<std::vector<Candidate>> find_faces(const Image& image, std::size_t max_faces) const;

  std::unique_ptr<const infer::Runtime> runtime_;  // null if the stages were given
  std::unique_ptr<const detect::FaceDetector> detector_;
  std::unique_ptr<const align::FaceMesher> mesher_;
  std::unique_ptr<const embed::Embedder> embedder_;
};

}  // namespace likeness::pipeline

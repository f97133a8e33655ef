// One picture through the stages: detect -> align -> describe | embed.
//
// Thread rule: const and thread-safe after construction; one call uses one thread.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "align/face_mesh.h"
#include "base/result.h"
#include "describe/face_description.h"
#include "detect/face_detector.h"
#include "embed/embedder.h"
#include "image/image.h"

namespace likeness::pipeline {

struct AnalyzeOptions {
  bool describe = false;        // fill AnalyzedFace::description
  bool embed = false;           // fill AnalyzedFace::embedding
  std::size_t max_faces = 100;  // the largest are kept (Rekognition: 100)
};

struct AnalyzedFace {
  UnitRect box;
  float confidence = 0;  // 0..100: that this is a face, from detector and mesh
  std::optional<describe::FaceDescription> description;
  std::optional<embed::Embedding> embedding;
};

}  // namespace likeness::pipeline

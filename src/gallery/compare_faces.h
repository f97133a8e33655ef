// Is the person of one picture in another? The 1:1 question of CompareFaces.
//
// gallery is the one door to identity: whatever compares faces goes through here, so that purposes, consent and the
// ledger have one place to stand.
//
// The similarity is that of the sharper of the two faces (embed/calibration.h): blurred strangers resemble each other.
//
// Thread rule: a free function; callable from any thread.
#pragma once

#include <vector>

#include "base/result.h"
#include "gallery/quality_bar.h"
#include "image/image.h"
#include "pipeline/analyze_image.h"

namespace likeness::gallery {

struct CompareOptions {
  float similarity_threshold = 80;  // 0..100; a face of the target at or above it matches
  QualityBar quality_bar = QualityBar::none;
};

struct FaceMatch {
  pipeline::AnalyzedFace face;  // of the target
  float similarity = 0;         // 0..100
};

struct Comparison {
  pipeline::AnalyzedFace source;                  // the largest face of the source
  std::vector<FaceMatch> matches;                 // highest similarity first
  std::vector<pipeline::AnalyzedFace> unmatched;  // largest first
};

// Compares the largest face of `source` with every face of `target` that meets the quality bar; those that do not are
// in neither list. Faces carry their descriptions.
// Errors: invalid_argument (no face in one of the pictures, or the source's face below the bar), internal.
[[nodiscard]] Result<Comparison> compare_faces(const pipeline::ImageAnalyzer& analyzer, const Image& source,
                                               const Image& target, const CompareOptions& options);

}  // namespace likeness::gallery

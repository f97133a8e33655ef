// How good a face is for being recognised: the chance, in per cent, that it matches a sharp picture of the same person
// at the Similarity 50 (one false match in ten thousand comparisons).
//
// A logistic model of three things that cost nothing more: the length of the embedder's raw output, which is short
// where the network saw little (Meng et al., "MagFace", CVPR 2021; Kim et al., "AdaFace", CVPR 2022), the sharpness of
// the face, and the probability that it is covered. Its four numbers stand in the pack's manifest, since the first
// belongs to the embedder; bench/quality_eval fits them, and prints what dropping the worst faces is worth
// (docs/models.md).
//
// Thread rule: plain values, and a pure function.
#pragma once

#include "infer/manifest.h"

namespace likeness::embed {

struct QualityCues {
  float norm = 0;       // of the raw output (embed/embedder.h)
  float sharpness = 0;  // 0..100 (describe/quality.h)
  float cover = 0;      // 0..1, the probability that the face is covered (describe/attributes.h)
};

// 0..100, rising with norm and sharpness.
[[nodiscard]] float face_quality(const infer::QualityModel& model, const QualityCues& cues);

}  // namespace likeness::embed

// How sure it is that a detection is a face, from the detector's score and the mesh's.
//
// Thread rule: a pure function.
#pragma once

#include <optional>

#include "infer/manifest.h"

namespace likeness::pipeline {

// 0..100, never falling in either score. With a model of the detector's pack: the chance of the logistic model, in per
// cent, whose numbers are fitted to labelled detections (docs/models.md, "Confidence"). Scores are kept within
// [.01, .99] of the detector and [.01, .9999] of the mesh, as when they were fitted: nothing is certain. Without one:
// both are taken as independent witnesses, and what is left is the share of doubt that both leave.
// Precondition: both scores in [0,1].
[[nodiscard]] float face_confidence(const std::optional<infer::ConfidenceModel>& model, float detector_score,
                                    float mesh_score);

}  // namespace likeness::pipeline

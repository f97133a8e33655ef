// Yes or no to five questions about a face, by logistic regressions on a few measures of its mesh, irises and chip.
//
// Measures and judgements are apart, so that the evaluation (bench/describe_eval) prints the first, and the
// coefficients in the .cc are fitted on them. Labels, fit and errors: docs/attributes.md.
//
// Thread rule: plain values and pure functions.
#pragma once

#include <array>
#include <optional>

#include "describe/face_chip.h"
#include "describe/face_description.h"
#include "describe/head_frame.h"
#include "image/face_mesh.h"

namespace likeness::describe {

// How far the upper lid arches above the line between the corners of the eye, in widths of the eye, mean of both eyes;
// the opening between the lids takes laughing eyes for closed ones, this does not. Some 0.2 open, under 0.05 closed.
// Absent if the irises were not looked for.
[[nodiscard]] std::optional<float> lid_arch(const FaceMesh& mesh);

// The gap between the lips in widths of the mouth: some 0 closed, above 0.1 open. 0 for a mouth without width.
[[nodiscard]] float lip_gap(const FaceMesh& mesh);

// The mouth as seen from the front, in units of the mean face (head_frame.h).
struct MouthShape {
  float width = 0;          // between the corners
  float corner_height = 0;  // y of the corners, downward
  float corner_depth = 0;   // z of the corners, away from the camera
};
[[nodiscard]] MouthShape mouth_shape(const FaceMesh& mesh, const HeadFrame& frame);

// What speaks for a cover over the face.
struct CoverCues {
  float eye_darkness = 0;  // log of luma on cheeks and forehead minus that round the eyes: dark glasses
  float eye_tint = 0;      // distance of chroma (log red/green, log blue/green) between the same
  float doubt = 0;         // of the mesh that this is a face: log(1 - score), at least -7; masks raise it
};
[[nodiscard]] CoverCues cover_cues(const FaceChip& chip, const FaceMesh& mesh);

[[nodiscard]] Judgement judge_eyes_open(float arch);
[[nodiscard]] Judgement judge_mouth_open(float gap);
[[nodiscard]] Judgement judge_smile(const MouthShape& mouth);
// Sees dark glasses and masks. Hands and other things of the skin's colour escape it.
[[nodiscard]] Judgement judge_face_occluded(const CoverCues& cues);

}  // namespace likeness::describe

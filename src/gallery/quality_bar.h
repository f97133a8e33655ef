// How good a face must be to be compared: Rekognition's QualityFilter.
//
// Rekognition does not publish its bars. Ours rest on the chance that the face matches a good picture of the same
// person (embed/face_quality.h): 50, 80 and 93 per cent. Beside it stand what makes a comparison unfair rather than
// hopeless, and what clients can tell people to do better: sharpness and brightness (describe/quality.h), how far the
// head is turned, and how sure it is a face. bench/quality_bars prints what each bar drops of sharp and of blurred
// faces (docs/models.md). A pack that knows no face quality is judged by the rest.
//
// Thread rule: a pure function.
#pragma once

#include <vector>

#include "pipeline/analyze_image.h"

namespace likeness::gallery {

enum class QualityBar { none, low, medium, high, automatic };

// Why a face is not compared. exceeds_max_faces is not about the face: larger ones came first.
enum class Shortcoming {
  exceeds_max_faces,
  extreme_pose,
  low_brightness,
  low_sharpness,
  low_confidence,
  low_face_quality
};

// A face that was seen and is not compared.
struct PassedOver {
  pipeline::AnalyzedFace seen;
  std::vector<Shortcoming> reasons;
};

// What keeps the face from being compared; empty if nothing does. Too much light is low_face_quality: Rekognition has
// no word of its own for it; so is a face that is hard to recognise for no reason of these. Precondition: as meets().
[[nodiscard]] std::vector<Shortcoming> shortcomings(const pipeline::AnalyzedFace& face, QualityBar bar);

// Whether the face may be compared. `automatic` is `low`: it keeps out what makes strangers alike (two strangers who
// are both strongly blurred resemble each other to the embedder) and little else. Precondition: the face has a
// description.
[[nodiscard]] bool meets(const pipeline::AnalyzedFace& face, QualityBar bar);

}  // namespace likeness::gallery

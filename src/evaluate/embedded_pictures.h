// Labelled pictures with the embeddings of their faces, made by the same pipeline that a server runs.
//
// Thread rule: embed_pictures() starts threads of its own and joins them; the rest are values.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluate/labelled_pictures.h"
#include "pipeline/analyze_image.h"

namespace likeness::evaluate {

// Which face of a picture is the person's.
enum class WhichFace {
  largest,
  central,  // nearest the middle: sets like Labeled Faces in the Wild are cut so
};

struct EmbeddedPicture {
  LabelledPicture picture;
  std::vector<float> embedding;  // unit length; empty: no face that can be compared
  float distance_factor = 1;     // what the face's blur makes of a distance (embed/calibration.h)
  std::string problem;           // why there is none
};

// `progress` is called from any of the threads with how many are done. A picture that cannot be used has a problem and
// is no error. Errors: none so far.
[[nodiscard]] std::vector<EmbeddedPicture> embed_pictures(const std::vector<LabelledPicture>& pictures,
                                                          const pipeline::ImageAnalyzer& analyzer, WhichFace which,
                                                          std::size_t threads,
                                                          const std::function<void(std::size_t)>& progress);

}  // namespace likeness::evaluate

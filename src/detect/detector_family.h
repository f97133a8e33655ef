// The layouts of outputs that detectors of one kind share: what a pack calls its "decoder". Internal to the room.
//
// Thread rule: plain values, and a pure function.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "detect/face_detector.h"
#include "infer/manifest.h"
#include "infer/model.h"

namespace likeness::detect {

struct DetectorFamily {
  struct Output {
    std::string name;
    // How many floats it has for an input of this size.
    std::function<std::size_t(Size input)> floats;
  };
  // Reads all outputs of a session that ran on an input of this size; appends what reaches the threshold.
  using Decode = std::function<void(const infer::Session& session, Size input, float threshold,
                                    std::vector<FaceDetection>& found)>;

  std::vector<Output> outputs;  // in the order in which `decode` reads them
  Decode decode;
};

// Errors: corrupt (no such decoder, or `outputs` of the manifest are not as many as it reads).
[[nodiscard]] Result<DetectorFamily> detector_family(const infer::Manifest& manifest);

}  // namespace likeness::detect

#include "detect/detector_family.h"

#include <array>
#include <utility>

#include "detect/decode_anchors.h"
#include "detect/decode_centerface.h"
#include "detect/decode_yunet.h"

namespace likeness::detect {
namespace {

constexpr std::array<int, 3> strides = {8, 16, 32};
constexpr int centerface_stride = 4;
constexpr double max_anchors = 16;  // of a cell

Size cells_of(Size input, int stride) { return {input.width / stride, input.height / stride}; }

std::function<std::size_t(Size)> each_cell(std::size_t values, int stride) {
  return [values, stride](Size input) {
    const Size cells = cells_of(input, stride);
    return values * static_cast<std::size_t>(cells.width) * static_cast<std::size_t>(cells.height);
  };
}

// The manifest's names in the place of the family's own.
Result<void> rename(DetectorFamily& family, const infer::Manifest& manifest) {
  if (manifest.outputs.empty()) return {};
  if (manifest.outputs.size() != family.outputs.size()) {
    return Error(ErrorKind::corrupt, "pack " + manifest.name + ": \"outputs\" has " +
                                         std::to_string(manifest.outputs.size()) + " names, its decoder reads " +
                                         std::to_string(family.outputs.size()));
  }
  for (std::size_t i = 0; i < manifest.outputs.size(); ++i) family.outputs[i].name = manifest.outputs[i];
  return {};
}

DetectorFamily yunet() {
  DetectorFamily family;
  for (const int stride : strides) {
    const std::string suffix = "_" + std::to_string(stride);
    family.outputs.push_back({"cls" + suffix, each_cell(1, stride)});
    family.outputs.push_back({"obj" + suffix, each_cell(1, stride)});
    family.outputs.push_back({"bbox" + suffix, each_cell(4, stride)});
    family.outputs.push_back({"kps" + suffix, each_cell(10, stride)});
  }
  family.decode = [](const infer::Session& session, Size input, float threshold, std::vector<FaceDetection>& found) {
    std::size_t output = 0;
    for (const int stride : strides) {
      decode_yunet({.stride = stride,
                    .cells = cells_of(input, stride),
                    .cls = session.output(output),
                    .obj = session.output(output + 1),
                    .bbox = session.output(output + 2),
                    .kps = session.output(output + 3)},
                   threshold, found);
      output += 4;
    }
  };
  return family;
}

DetectorFamily centerface() {
  const int stride = centerface_stride;
  DetectorFamily family;
  family.outputs = {{"537", each_cell(1, stride)},
                    {"538", each_cell(2, stride)},
                    {"539", each_cell(2, stride)},
                    {"540", each_cell(10, stride)}};
  family.decode = [](const infer::Session& session, Size input, float threshold, std::vector<FaceDetection>& found) {
    decode_centerface({.cells = cells_of(input, centerface_stride),
                       .heat = session.output(0),
                       .scale = session.output(1),
                       .offset = session.output(2),
                       .landmarks = session.output(3)},
                      threshold, found);
  };
  return family;
}

// Three outputs a stride: in the order of InsightFace's exports, first the scores of all strides, then the boxes, then
// the landmarks.
DetectorFamily scrfd(std::size_t anchors) {
  DetectorFamily family;
  for (const auto& [name, values] :
       {std::pair("score", std::size_t{1}), std::pair("bbox", std::size_t{4}), std::pair("kps", std::size_t{10})}) {
    for (const int stride : strides) {
      family.outputs.push_back({name + ("_" + std::to_string(stride)), each_cell(values * anchors, stride)});
    }
  }
  family.decode = [anchors](const infer::Session& session, Size input, float threshold,
                            std::vector<FaceDetection>& found) {
    for (std::size_t i = 0; i < strides.size(); ++i) {
      decode_scrfd({.stride = strides[i],
                    .cells = cells_of(input, strides[i]),
                    .anchors = anchors,
                    .scores = session.output(i),
                    .boxes = session.output(strides.size() + i),
                    .landmarks = session.output(2 * strides.size() + i)},
                   threshold, found);
    }
  };
  return family;
}

DetectorFamily retinaface() {
  const auto each_anchor = [](std::size_t values) {
    return [values](Size input) { return values * retinaface_anchors(input); };
  };
  DetectorFamily family;
  family.outputs = {{"loc", each_anchor(4)}, {"conf", each_anchor(2)}, {"landms", each_anchor(10)}};
  family.decode = [](const infer::Session& session, Size input, float threshold, std::vector<FaceDetection>& found) {
    decode_retinaface(
        {.input = input, .boxes = session.output(0), .scores = session.output(1), .landmarks = session.output(2)},
        threshold, found);
  };
  return family;
}

Result<DetectorFamily> family_called(const std::string& decoder, const infer::Manifest& manifest) {
  if (decoder == "yunet") return yunet();
  if (decoder == "centerface") return centerface();
  if (decoder == "retinaface") return retinaface();
  if (decoder == "scrfd") {
    const double anchors = TRY(manifest.parameter("anchors"));
    if (!(anchors >= 1 && anchors <= max_anchors)) {
      return Error(ErrorKind::corrupt, "pack " + manifest.name + ": \"anchors\" must be from 1 to 16; SCRFD has 2");
    }
    return scrfd(static_cast<std::size_t>(anchors));
  }
  return Error(ErrorKind::corrupt,
               "pack " + manifest.name + ": \"decoder\" must be yunet, centerface, scrfd or retinaface");
}

}  // namespace

Result<DetectorFamily> detector_family(const infer::Manifest& manifest) {
  const std::string decoder = TRY(manifest.text("decoder"));
  DetectorFamily family = TRY(family_called(decoder, manifest));
  TRY(rename(family, manifest));
  return family;
}

}  // namespace likeness::detect

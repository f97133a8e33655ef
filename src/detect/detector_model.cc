#include "detect/detector_model.h"

#include <array>
#include <string>
#include <utility>

#include "detect/decode_centerface.h"
#include "detect/decode_yunet.h"
#include "detect/input_ladder.h"
#include "image/resize.h"

namespace likeness::detect {
namespace {

constexpr std::array<int, 3> yunet_strides = {8, 16, 32};
constexpr int centerface_stride = 4;

void decode_yunet_session(const infer::Session& session, Size input, float threshold,
                          std::vector<FaceDetection>& found) {
  std::size_t output = 0;
  for (const int stride : yunet_strides) {
    decode_yunet({.stride = stride,
                  .cells = {input.width / stride, input.height / stride},
                  .cls = session.output(output),
                  .obj = session.output(output + 1),
                  .bbox = session.output(output + 2),
                  .kps = session.output(output + 3)},
                 threshold, found);
    output += 4;
  }
}

void decode_centerface_session(const infer::Session& session, Size input, float threshold,
                               std::vector<FaceDetection>& found) {
  decode_centerface({.cells = {input.width / centerface_stride, input.height / centerface_stride},
                     .heat = session.output(0),
                     .scale = session.output(1),
                     .offset = session.output(2),
                     .landmarks = session.output(3)},
                    threshold, found);
}

}  // namespace

struct DetectorModel::Family {
  struct Output {
    std::string name;
    std::size_t planes;
    int stride;
  };
  std::vector<Output> outputs;  // in the order in which `decode` reads them
  Decode decode;
};

Result<DetectorModel::Family> DetectorModel::family_of(const infer::Manifest& manifest) {
  const std::string decoder = TRY(manifest.text("decoder"));
  if (decoder == "yunet") {
    Family family{{}, decode_yunet_session};
    for (const int stride : yunet_strides) {
      const std::string suffix = "_" + std::to_string(stride);
      family.outputs.push_back({"cls" + suffix, 1, stride});
      family.outputs.push_back({"obj" + suffix, 1, stride});
      family.outputs.push_back({"bbox" + suffix, 4, stride});
      family.outputs.push_back({"kps" + suffix, 10, stride});
    }
    return family;
  }
  if (decoder == "centerface") {
    const int stride = centerface_stride;
    return Family{{{"537", 1, stride}, {"538", 2, stride}, {"539", 2, stride}, {"540", 10, stride}},
                  decode_centerface_session};
  }
  return Error(ErrorKind::corrupt, "pack " + manifest.name + ": \"decoder\" must be yunet or centerface");
}

DetectorModel::DetectorModel(std::unique_ptr<infer::Model> model, Decode decode, ChannelOrder order)
    : model_(std::move(model)), decode_(decode), order_(order) {}

Result<DetectorModel> DetectorModel::create(infer::Runtime& runtime, const infer::Pack& pack) {
  const infer::Manifest& manifest = pack.manifest;
  const Family family = TRY(family_of(manifest));
  const TensorFormat plain = {.order = manifest.input.format.order};
  if (manifest.input.format.layout != plain.layout || manifest.input.format.mean != plain.mean ||
      manifest.input.format.scale != plain.scale) {
    return Error(ErrorKind::corrupt,
                 "pack " + manifest.name + ": a detector reads planes of 0..255, mean 0 and scale 1");
  }
  std::vector<infer::Shape> shapes;
  for (const Size size : input_sizes) {
    shapes.push_back({1, Image::channels, static_cast<std::size_t>(size.height), static_cast<std::size_t>(size.width)});
  }
  std::vector<std::string> names;
  for (const Family::Output& output : family.outputs) names.push_back(output.name);
  std::unique_ptr<infer::Model> model = TRY(runtime.load(pack, shapes, names));
  for (std::size_t shape = 0; shape < input_sizes.size(); ++shape) {
    for (std::size_t output = 0; output < family.outputs.size(); ++output) {
      const auto& [name, planes, stride] = family.outputs[output];
      const auto cells_across = static_cast<std::size_t>(input_sizes[shape].width / stride);
      const auto cells_down = static_cast<std::size_t>(input_sizes[shape].height / stride);
      if (model->output_floats(shape, output) != planes * cells_across * cells_down) {
        return Error(ErrorKind::corrupt,
                     "pack " + manifest.name + ": output " + name + " does not have the size that its decoder reads");
      }
    }
  }
  DetectorModel detector(std::move(model), family.decode, manifest.input.format.order);
  detector.threshold_ = static_cast<float>(TRY(manifest.parameter("score_threshold")));
  detector.max_iou_ = static_cast<float>(TRY(manifest.parameter("nms_iou")));
  detector.upright_score_ = static_cast<float>(TRY(manifest.parameter("upright_score")));
  return detector;
}

Result<std::vector<FaceDetection>> DetectorModel::run(const Image& image, std::size_t size) const {
  std::vector<FaceDetection> found;
  const infer::Session session = model_->acquire(size);
  const Letterbox placed = letterbox(image, input_sizes[size], order_, session.input());
  TRY(session.run());
  decode_(session, input_sizes[size], threshold_, found);
  for (FaceDetection& face : found) {
    face.box = {face.box.left / placed.scale, face.box.top / placed.scale, face.box.width / placed.scale,
                face.box.height / placed.scale};
    for (Point& point : face.landmarks) point = {point.x / placed.scale, point.y / placed.scale};
  }
  return found;
}

}  // namespace likeness::detect

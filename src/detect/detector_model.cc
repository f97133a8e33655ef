#include "detect/detector_model.h"

#include <string>
#include <utility>

#include "detect/input_ladder.h"
#include "image/resize.h"

namespace likeness::detect {

DetectorModel::DetectorModel(std::unique_ptr<infer::Model> model, DetectorFamily::Decode decode, TensorFormat format)
    : model_(std::move(model)), decode_(std::move(decode)), format_(format) {}

Result<DetectorModel> DetectorModel::create(infer::Runtime& runtime, const infer::Pack& pack) {
  const infer::Manifest& manifest = pack.manifest;
  const DetectorFamily family = TRY(detector_family(manifest));
  if (manifest.input.format.layout != TensorLayout::planar) {
    return Error(ErrorKind::corrupt, "pack " + manifest.name + ": a detector's layout is NCHW");
  }
  std::vector<infer::Shape> shapes;
  shapes.reserve(input_sizes.size());
  for (const Size size : input_sizes) {
    shapes.push_back({1, Image::channels, static_cast<std::size_t>(size.height), static_cast<std::size_t>(size.width)});
  }
  std::vector<std::string> names;
  names.reserve(family.outputs.size());
  for (const DetectorFamily::Output& output : family.outputs) names.push_back(output.name);
  std::unique_ptr<infer::Model> model = TRY(runtime.load(pack, shapes, names));
  for (std::size_t shape = 0; shape < input_sizes.size(); ++shape) {
    for (std::size_t output = 0; output < family.outputs.size(); ++output) {
      const auto& [name, floats] = family.outputs[output];
      if (model->output_floats(shape, output) != floats(input_sizes[shape])) {
        return Error(ErrorKind::corrupt, "pack " + manifest.name + ": output " + name + " has " +
                                             std::to_string(model->output_floats(shape, output)) +
                                             " numbers where its decoder reads " +
                                             std::to_string(floats(input_sizes[shape])));
      }
    }
  }
  DetectorModel detector(std::move(model), family.decode, manifest.input.format);
  detector.threshold_ = static_cast<float>(TRY(manifest.parameter("score_threshold")));
  detector.max_iou_ = static_cast<float>(TRY(manifest.parameter("nms_iou")));
  detector.upright_score_ = static_cast<float>(TRY(manifest.parameter("upright_score")));
  return detector;
}

namespace {

// (x - mean) scale, in place; nothing for the many detectors that read 0..255.
void scale_values(const TensorFormat& format, std::span<float> planes) {
  const TensorFormat plain;
  if (format.mean == plain.mean && format.scale == plain.scale) return;
  const std::size_t plane = planes.size() / format.mean.size();
  for (std::size_t i = 0; i < planes.size(); ++i) planes[i] = (planes[i] - format.mean[i / plane]) * format.scale;
}

}  // namespace

Result<std::vector<FaceDetection>> DetectorModel::run(const Image& image, std::size_t size) const {
  std::vector<FaceDetection> found;
  const infer::Session session = model_->acquire(size);
  const Letterbox placed = letterbox(image, input_sizes[size], format_.order, session.input());
  scale_values(format_, session.input());
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

#include "enrolment_views.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <utility>

namespace likeness::bench {
namespace {

Image mirrored(const Image& image) {
  Image mirror(image.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      std::copy_n(image.row(y) + static_cast<std::ptrdiff_t>(x) * Image::channels, Image::channels,
                  mirror.row(y) + static_cast<std::ptrdiff_t>(image.width() - 1 - x) * Image::channels);
    }
  }
  return mirror;
}

// Left and right change places: eyes, nose, corners of the mouth.
FivePoints mirrored(const FivePoints& points, int width) {
  FivePoints mirror = {points[1], points[0], points[2], points[4], points[3]};
  for (Point& point : mirror) point.x = static_cast<float>(width) - point.x;
  return mirror;
}

void add(const embed::Embedding& view, std::vector<float>& sum) {
  sum.resize(view.values.size());
  std::transform(sum.begin(), sum.end(), view.values.begin(), sum.begin(), std::plus<>());
}

}  // namespace

Result<std::unique_ptr<ViewEmbedder>> ViewEmbedder::create(const pipeline::AnalyzerOptions& options,
                                                           const Views& views) {
  using infer::Task;
  const infer::Pack detector = TRY(infer::open_pack(options.packs, options.detector, Task::face_detection));
  infer::Pack mesh = TRY(infer::open_pack(options.packs, options.face_mesh, Task::face_mesh));
  const infer::Pack iris = TRY(infer::open_pack(options.packs, options.iris, Task::iris));
  const infer::Pack embedder = TRY(infer::open_pack(options.packs, options.embedder, Task::face_embedding));
  std::unique_ptr<ViewEmbedder> made(new ViewEmbedder);
  made->mirror_ = views.mirror;
  made->runtime_ = TRY(infer::Runtime::create(options.runtime));
  made->detector_ = TRY(detect::FaceDetector::create(*made->runtime_, detector));
  made->embedder_ = TRY(embed::Embedder::create(*made->runtime_, embedder));
  std::vector<double> crops = views.crops;
  if (crops.empty()) crops.push_back(TRY(mesh.manifest.parameter("crop_scale")));
  for (const double crop : crops) {
    mesh.manifest.parameters["crop_scale"] = crop;
    made->meshers_.push_back(TRY(align::FaceMesher::create(*made->runtime_, mesh, iris)));
  }
  return made;
}

Result<std::vector<float>> ViewEmbedder::embed(const Image& image, const UnitRect& box) const {
  const std::vector<detect::FaceDetection> faces = TRY(detector_->detect(image));
  const PixelRect wanted = to_pixels(box, image.size());
  const auto face = std::max_element(faces.begin(), faces.end(), [&](const auto& a, const auto& b) {
    return iou(a.box, wanted) < iou(b.box, wanted);
  });
  if (face == faces.end()) return Error(ErrorKind::internal, "the face is gone");
  std::vector<float> sum;
  for (const auto& mesher : meshers_) {
    const FivePoints points = five_points(TRY(mesher->mesh(image, face->box, face->landmarks)));
    add(TRY(embedder_->embed(image, points)), sum);
    if (mirror_) add(TRY(embedder_->embed(mirrored(image), mirrored(points, image.width()))), sum);
  }
  const float length = std::sqrt(std::inner_product(sum.begin(), sum.end(), sum.begin(), 0.0F));
  for (float& value : sum) value /= length;
  return sum;
}

}  // namespace likeness::bench

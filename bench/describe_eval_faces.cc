#include "describe_eval_faces.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "codec/decode.h"
#include "infer/pack.h"

namespace likeness::bench {

Result<FaceFinder> FaceFinder::create(const std::filesystem::path& packs) {
  FaceFinder finder;
  finder.runtime_ = TRY(infer::Runtime::create({}));
  const infer::PackFolders folders = {packs};
  const infer::Pack detector = TRY(infer::open_pack(folders, "yunet_s", infer::Task::face_detection));
  const infer::Pack mesh = TRY(infer::open_pack(folders, "face_mesh", infer::Task::face_mesh));
  const infer::Pack iris = TRY(infer::open_pack(folders, "iris", infer::Task::iris));
  finder.detector_ = TRY(detect::FaceDetector::create(*finder.runtime_, detector));
  finder.mesher_ = TRY(align::FaceMesher::create(*finder.runtime_, mesh, iris));
  return finder;
}

std::optional<SeenFace> FaceFinder::find(const Image& image) const {
  const auto detections = detector_->detect(image);
  if (!detections.ok() || detections->empty()) return std::nullopt;
  const auto off_centre = [&](const detect::FaceDetection& face) {
    const Point c = face.box.centre();
    const float x = c.x - static_cast<float>(image.width()) / 2;
    const float y = c.y - static_cast<float>(image.height()) / 2;
    return x * x + y * y;
  };
  const auto face = std::min_element(detections->begin(), detections->end(),
                                     [&](const auto& a, const auto& b) { return off_centre(a) < off_centre(b); });
  auto mesh = mesher_->mesh(image, face->box, face->landmarks);
  if (!mesh.ok() || !mesher_->find_irises(image, *mesh).ok()) return std::nullopt;
  return SeenFace{face->box, *mesh};
}

std::optional<Image> read_picture(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto decoded = codec::decode(as_bytes(bytes), {});
  if (!decoded.ok()) return std::nullopt;
  return std::move(decoded->image);
}

}  // namespace likeness::bench

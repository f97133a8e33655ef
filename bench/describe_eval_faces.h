// For the evaluation of src/describe: pictures from files, and one face in each as the product sees it.
//
// Thread rule: const and thread-safe after construction.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "align/face_mesher.h"
#include "base/result.h"
#include "describe/face_description.h"
#include "detect/face_detector.h"
#include "image/image.h"
#include "infer/runtime.h"

namespace likeness::bench {

struct SeenFace {
  PixelRect box;
  FaceMesh mesh;  // with irises
};

class FaceFinder {
 public:
  // `packs`: the folder of installed packs; the default ones are used.
  [[nodiscard]] static Result<FaceFinder> create(const std::filesystem::path& packs);
  // The face nearest the middle of the picture, whatever the mesh's score; nothing if there is none.
  [[nodiscard]] std::optional<SeenFace> find(const Image& image) const;

 private:
  FaceFinder() = default;
  std::unique_ptr<infer::Runtime> runtime_;
  std::unique_ptr<detect::FaceDetector> detector_;
  std::unique_ptr<align::FaceMesher> mesher_;
};

// Nothing if there is no such file, or no picture in it.
[[nodiscard]] std::optional<Image> read_picture(const std::filesystem::path& path);

}  // namespace likeness::bench

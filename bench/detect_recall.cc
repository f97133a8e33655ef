// How small a face is still found: faces of LFW, scaled and pasted into a street scene of 1920x1080, through JPEG.
//
//   detect_recall DATA SCENE.jpg PACKS [detector=NAME] [f32]
//
// DATA has images/<Name>/<Name>_NNNN.jpg. Of 120 pictures the face, as found at full size, is pasted at each width with
// head and shoulders, at places that change from picture to picture. Found: a face of the pipeline (so one
// that the mesh confirms) or a box of the detector overlaps it by half (intersection over union).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decode.h"
#include "codec/encode.h"
#include "image/resize.h"
#include "image/warp.h"
#include "pipeline/analyze_image.h"

namespace likeness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t faces_wanted = 200;  // looked at; most are frontal
constexpr int jpeg_quality = 90;
constexpr float margin = 0.6F;  // of the face, on each side: head and shoulders, as faces come
constexpr float found_iou = 0.5F;

Result<Image> read_image(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  codec::Decoded decoded = TRY(codec::decode(as_bytes(bytes), {}));
  return std::move(decoded.image);
}

Result<Image> through_jpeg(const Image& image) {
  const Bytes bytes = TRY(codec::encode_jpeg(image, jpeg_quality));
  codec::Decoded decoded = TRY(codec::decode(bytes, {}));
  return std::move(decoded.image);
}

// The part of the picture inside `rect`, black where it reaches outside, scaled by averaging to the given size.
Image cut_and_scale(const Image& image, const PixelRect& rect, Size size) {
  const Size whole = {static_cast<int>(rect.width), static_cast<int>(rect.height)};
  return resize(warp_affine(image, {{1, 0, rect.left, 0, 1, rect.top}}, whole), size);
}

void paste(const Image& piece, Image& scene, int left, int top) {
  for (int y = 0; y < piece.height(); ++y) {
    std::copy_n(piece.row(y), static_cast<std::size_t>(piece.width()) * Image::channels,
                scene.row(top + y) + static_cast<std::ptrdiff_t>(left) * Image::channels);
  }
}

struct Count {
  int pasted = 0;
  int detected = 0;   // by the detector
  int confirmed = 0;  // and by the mesh
};

// As Rekognition's own promise of a least size is read: a face that looks at the camera.
bool is_frontal(const describe::FaceDescription& face) {
  constexpr float most = 20;  // degrees to any side
  return std::abs(face.pose.yaw) <= most && std::abs(face.pose.pitch) <= most && std::abs(face.pose.roll) <= most;
}

// Pastes the face of `picture` at this width, and looks for it.
Result<void> try_face(const pipeline::ImageAnalyzer& analyzer, const Image& picture, const PixelRect& face,
                      const Image& scene, int width, std::size_t number, Count& count) {
  const float scale = static_cast<float>(width) / face.width;
  const PixelRect cut = {face.left - margin * face.width, face.top - margin * face.height,
                         (1 + 2 * margin) * face.width, (1 + 2 * margin) * face.height};
  const Image piece = cut_and_scale(
      picture, cut,
      {static_cast<int>(std::lround(cut.width * scale)), static_cast<int>(std::lround(cut.height * scale))});
  // Steps that share no divisor with the ranges visit the whole scene.
  const int left = static_cast<int>(number * 787 % static_cast<std::size_t>(scene.width() - piece.width()));
  const int top = static_cast<int>(number * 467 % static_cast<std::size_t>(scene.height() - piece.height()));
  Image composed = scene.clone();
  paste(piece, composed, left, top);
  composed = TRY(through_jpeg(composed));
  const PixelRect truth = {static_cast<float>(left) + margin * face.width * scale,
                           static_cast<float>(top) + margin * face.height * scale, face.width * scale,
                           face.height * scale};
  const auto detections = TRY(analyzer.detector().detect(composed));
  const auto faces = TRY(analyzer.analyze(composed, {}));
  ++count.pasted;
  count.detected += std::any_of(detections.begin(), detections.end(),
                                [&](const auto& found) { return iou(found.box, truth) > found_iou; });
  count.confirmed += std::any_of(faces.begin(), faces.end(), [&](const auto& found) {
    return iou(to_pixels(found.box, composed.size()), truth) > found_iou;
  });
  return {};
}

Result<void> measure(const pipeline::ImageAnalyzer& analyzer, const fs::path& data, const Image& scene) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(data / "images")) {
    if (entry.path().extension() == ".jpg") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const int width : {16, 24, 32, 40, 60}) {
    Count count;
    for (std::size_t i = 0; i < std::min(faces_wanted, paths.size()); ++i) {
      const Image picture = TRY(read_image(paths[i * paths.size() / faces_wanted]));
      const auto faces = TRY(analyzer.analyze(picture, {.describe = true, .max_faces = 1}));
      if (faces.empty() || !is_frontal(*faces[0].description)) continue;
      TRY(try_face(analyzer, picture, to_pixels(faces[0].box, picture.size()), scene, width, i, count));
    }
    std::printf("%2d px: %d pasted, detector finds %.1f %%, mesh confirms %.1f %%\n", width, count.pasted,
                100.0 * count.detected / count.pasted, 100.0 * count.confirmed / count.pasted);
  }
  return {};
}

int run(int argument_count, char** arguments) {
  if (argument_count < 4 || !fs::exists(fs::path(arguments[1]) / "images") || !fs::exists(arguments[2])) {
    std::printf("detect_recall: skipped, no data (usage: detect_recall DATA SCENE.jpg PACKS [detector=NAME] [f32])\n");
    return 0;
  }
  pipeline::AnalyzerOptions options{.packs = {arguments[3]}};
  for (int i = 4; i < argument_count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument.starts_with("detector=")) options.detector = argument.substr(9);
    if (argument == "f32") options.runtime.precision = infer::Precision::f32;
  }
  const auto analyzer = pipeline::ImageAnalyzer::create(options);
  const Result<Image> scene = read_image(arguments[2]);
  if (!analyzer.ok() || !scene.ok()) {
    (void)std::fprintf(stderr, "detect_recall: %s\n",
                       (analyzer.ok() ? scene.error() : analyzer.error()).message.c_str());
    return 1;
  }
  const Result<void> measured = measure(**analyzer, arguments[1], *scene);
  if (!measured.ok()) (void)std::fprintf(stderr, "detect_recall: %s\n", measured.error().message.c_str());
  return measured.ok() ? 0 : 1;
}

}  // namespace
}  // namespace likeness

int main(int count, char** arguments) { return likeness::run(count, arguments); }

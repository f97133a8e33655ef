#include "detect/face_detector.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "detect/detector_model.h"
#include "detect/input_ladder.h"
#include "detect/suppress_overlaps.h"
#include "image/orientation.h"
#include "image/resize.h"

namespace likeness::detect {
namespace {

// Boxes longer than this in the input are left to the coarse size: the detector sees faces of 700 px only in parts
// (measured: right up to some 500 px, at any size of the ladder).
constexpr float longest_trusted_box = 384;

Image cut_out(const Image& image, const Tile& tile) {
  Image piece(tile.size);
  for (int y = 0; y < tile.size.height; ++y) {
    std::memcpy(piece.row(y), image.row(tile.top + y) + static_cast<std::ptrdiff_t>(tile.left) * Image::channels,
                static_cast<std::size_t>(tile.size.width) * Image::channels);
  }
  return piece;
}

void move_by(FaceDetection& face, float x, float y) {
  face.box.left += x;
  face.box.top += y;
  for (Point& point : face.landmarks) point = {point.x + x, point.y + y};
}

void scale_by(FaceDetection& face, float factor) {
  face.box = {face.box.left * factor, face.box.top * factor, face.box.width * factor, face.box.height * factor};
  for (Point& point : face.landmarks) point = {point.x * factor, point.y * factor};
}

// From a picture that was turned clockwise by a quarter back to the one before, which was `height` pixels high: the
// turn took (x, y) to (height - y, x).
void turn_back(FaceDetection& face, float height) {
  face.box = {face.box.top, height - face.box.right(), face.box.height, face.box.width};
  for (Point& point : face.landmarks) point = {point.y, height - point.x};
}

bool contains(const PixelRect& rect, Point point) {
  return point.x >= rect.left && point.x < rect.right() && point.y >= rect.top && point.y < rect.bottom();
}

using Faces = std::vector<FaceDetection>;

void append(Faces& to, const Faces& from) { to.insert(to.end(), from.begin(), from.end()); }

class LadderFaceDetector final : public FaceDetector {
 public:
  LadderFaceDetector(DetectorModel model, const std::optional<infer::ConfidenceModel>& confidence)
      : model_(std::move(model)), confidence_(confidence) {}

  [[nodiscard]] const std::optional<infer::ConfidenceModel>& confidence_model() const override { return confidence_; }

  [[nodiscard]] Result<Faces> detect(const Image& image) const override {
    const std::vector<Tile> tiles = split_into_tiles(image.size());
    if (tiles.size() > 1) return detect_in_tiles(image, tiles);
    Faces faces = TRY(detect_upright(image));
    if (faces.empty() || faces.front().score < model_.upright_score()) {
      append(faces, TRY(detect_turned(image)));
      faces = one_each(faces);
    }
    return faces;
  }

 private:
  [[nodiscard]] Faces one_each(const Faces& faces) const {
    return suppress_overlaps(faces, model_.max_iou(), model_.score_threshold(), max_faces);
  }

  [[nodiscard]] Result<Faces> detect_upright(const Image& image) const {
    const std::size_t size = choose_input_size(image.size());
    const float longest = longest_trusted_box / fit_letterbox(image.size(), input_sizes[size]).scale;
    Faces faces = TRY(model_.run(image, size));
    const auto untrusted = [&](const FaceDetection& face) {
      return std::max(face.box.width, face.box.height) > longest;
    };
    const std::size_t dropped = std::erase_if(faces, untrusted);
    if (size != coarse_size && (dropped > 0 || faces.empty())) append(faces, TRY(model_.run(image, coarse_size)));
    return one_each(faces);
  }

  // The picture at the coarse size, turned by one, two and three quarters. Faces from a twentieth of its longer side
  // on.
  [[nodiscard]] Result<Faces> detect_turned(const Image& image) const {
    const Letterbox small = fit_letterbox(image.size(), input_sizes[coarse_size]);
    Image turned = resize(image, small.content);
    Faces faces;
    std::vector<float> heights;  // of the picture before each turn
    for (int quarters = 1; quarters <= 3; ++quarters) {
      heights.push_back(static_cast<float>(turned.height()));
      turned = upright(std::move(turned), Orientation::right_top);
      for (FaceDetection face : TRY(model_.run(turned, coarse_size))) {
        for (auto height = heights.rbegin(); height != heights.rend(); ++height) turn_back(face, *height);
        scale_by(face, 1 / small.scale);
        faces.push_back(face);
      }
    }
    return faces;
  }

  [[nodiscard]] Result<Faces> detect_in_tiles(const Image& image, const std::vector<Tile>& tiles) const {
    Faces faces;
    for (const Tile& tile : tiles) {
      for (FaceDetection face : TRY(detect_upright(cut_out(image, tile)))) {
        move_by(face, static_cast<float>(tile.left), static_cast<float>(tile.top));
        if (contains(tile.core, face.box.centre())) faces.push_back(face);
      }
    }
    return one_each(faces);
  }

  DetectorModel model_;
  std::optional<infer::ConfidenceModel> confidence_;
};

}  // namespace

Result<std::unique_ptr<FaceDetector>> FaceDetector::create(infer::Runtime& runtime, const infer::Pack& pack) {
  return std::unique_ptr<FaceDetector>(
      std::make_unique<LadderFaceDetector>(TRY(DetectorModel::create(runtime, pack)), pack.manifest.confidence));
}

}  // namespace likeness::detect

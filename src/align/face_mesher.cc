#include "align/face_mesher.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include "align/square_crop.h"
#include "image/warp.h"

namespace likeness::align {
namespace {

// Corners of the eyes in the mesh, outer and inner as they lie from left to right in the picture.
constexpr std::size_t left_eye_left = 33;
constexpr std::size_t left_eye_right = 133;
constexpr std::size_t right_eye_left = 362;
constexpr std::size_t right_eye_right = 263;

// A square larger than this shows no face in any picture we accept; keeps a broken detection finite.
constexpr float max_crop_side = 100'000;

struct CropModel {
  std::unique_ptr<infer::Model> model;
  TensorFormat format;
  int input = 0;         // side of the model's square input
  float crop_scale = 0;  // side of the crop over that of what is looked at
};

Result<CropModel> load(infer::Runtime& runtime, const infer::Pack& pack, const std::vector<std::string>& outputs) {
  const infer::InputSpec& input = pack.manifest.input;
  if (input.size.width < 1 || input.size.width != input.size.height) {
    return Error(ErrorKind::corrupt, "pack " + pack.manifest.name + ": the input must be square and of a fixed size");
  }
  const double scale = TRY(pack.manifest.parameter("crop_scale"));
  std::unique_ptr<infer::Model> model = TRY(runtime.load(pack, {}, outputs));
  std::size_t floats = 1;
  for (const std::size_t dimension : model->input_shape(0)) floats *= dimension;
  if (floats != tensor_floats(input.size)) {
    return Error(ErrorKind::corrupt, "pack " + pack.manifest.name + ": the model's input has another size");
  }
  return CropModel{std::move(model), input.format, input.size.width, static_cast<float>(scale)};
}

// Runs the model on the crop; outputs are in the session.
Result<infer::Session> run(const CropModel& model, const Image& image, const Affine& to_picture) {
  infer::Session session = model.model->acquire(0);
  warp_affine(image, to_picture, {model.input, model.input}, model.format, session.input());
  TRY(session.run());
  return session;
}

// Points of three floats each (x, y, depth) in pixels of the crop.
template <std::size_t count>
std::array<Point, count> points_of(std::span<const float> values, const Affine& to_picture) {
  std::array<Point, count> points;
  for (std::size_t i = 0; i < count; ++i) points[i] = to_picture.apply({values[3 * i], values[3 * i + 1]});
  return points;
}

Result<Iris> find_iris(const CropModel& model, const Image& image, const Point3& left, const Point3& right,
                       bool mirrored) {
  const SquareCrop crop = {.centre = {(left.x + right.x) / 2, (left.y + right.y) / 2},
                           .side = std::max(1.0F, model.crop_scale * std::hypot(right.x - left.x, right.y - left.y)),
                           .angle = angle_between({left.x, left.y}, {right.x, right.y}),
                           .mirrored = mirrored};
  const Affine to_picture = crop_to_picture(crop, model.input);
  const infer::Session session = TRY(run(model, image, to_picture));
  return Iris{points_of<5>(session.output(1), to_picture), points_of<71>(session.output(0), to_picture)};
}

}  // namespace

struct FaceMesher::Models {
  CropModel mesh;
  CropModel iris;
  float score_threshold = 0;
};

FaceMesher::FaceMesher(std::unique_ptr<const Models> models) : models_(std::move(models)) {}
FaceMesher::~FaceMesher() = default;

Result<std::unique_ptr<FaceMesher>> FaceMesher::create(infer::Runtime& runtime, const infer::Pack& mesh,
                                                       const infer::Pack& iris) {
  auto models = std::make_unique<Models>();
  models->score_threshold = static_cast<float>(TRY(mesh.manifest.parameter("score_threshold")));
  models->mesh = TRY(load(runtime, mesh, {"conv2d_21", "conv2d_31"}));
  models->iris = TRY(load(runtime, iris, {"output_eyes_contours_and_brows", "output_iris"}));
  return std::unique_ptr<FaceMesher>(new FaceMesher(std::move(models)));
}

Result<FaceMesh> FaceMesher::mesh(const Image& image, const PixelRect& box, const FivePoints& landmarks) const {
  const CropModel& model = models_->mesh;
  const SquareCrop crop = {.centre = box.centre(),
                           .side = std::clamp(model.crop_scale * std::max(box.width, box.height), 1.0F, max_crop_side),
                           .angle = angle_between(landmarks[0], landmarks[1])};
  const Affine to_picture = crop_to_picture(crop, model.input);
  const infer::Session session = TRY(run(model, image, to_picture));

  FaceMesh mesh;
  mesh.score = 1 / (1 + std::exp(-session.output(1)[0]));
  const std::span<const float> values = session.output(0);
  const float scale = crop.side / static_cast<float>(model.input);
  for (std::size_t i = 0; i < mesh.points.size(); ++i) {
    const Point point = to_picture.apply({values[3 * i], values[3 * i + 1]});
    mesh.points[i] = {point.x, point.y, values[3 * i + 2] * scale};
  }
  return mesh;
}

Result<void> FaceMesher::find_irises(const Image& image, FaceMesh& mesh) const {
  const auto& p = mesh.points;
  // The model knows the eye on the left of the picture; the other one is shown to it in a mirror.
  mesh.left_eye = TRY(find_iris(models_->iris, image, p[left_eye_left], p[left_eye_right], false));
  mesh.right_eye = TRY(find_iris(models_->iris, image, p[right_eye_left], p[right_eye_right], true));
  return {};
}

float FaceMesher::score_threshold() const { return models_->score_threshold; }

}  // namespace likeness::align

#include "embed/chip_embedder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/crypto.h"
#include "image/similarity_transform.h"
#include "image/warp.h"

namespace likeness::embed {
namespace {

// The chip of ArcFace's models, and where the five points lie in it. Source: InsightFace, arcface_torch. Packs for
// another chip name their points.
constexpr Size arcface_size = {112, 112};
constexpr FivePoints arcface_points = {{
    {38.2946F, 51.6963F},
    {73.5318F, 51.5014F},
    {56.0252F, 71.7366F},
    {41.5493F, 92.3655F},
    {70.7299F, 92.2041F},
}};

// Raise it when points, template or resampling change: embeddings of before and after must not be compared.
constexpr const char* alignment_version = "mesh5-arcface112-1";

// A longer embedding than any model's: keeps a mistaken manifest from allocating.
constexpr double max_dimension = 4096;

// A chip larger than any model's.
constexpr int max_chip_side = 512;

// How faces are put before the model.
struct Chip {
  Size size;
  FivePoints points;
};

std::string space_of(const infer::Manifest& manifest, std::size_t calls) {
  const TensorFormat& format = manifest.input.format;
  std::string text = manifest.sha256 + '|' + alignment_version;
  text += format.layout == TensorLayout::planar ? "|NCHW" : "|NHWC";
  text += format.order == ChannelOrder::bgr ? "|BGR" : "|RGB";
  for (const float mean : format.mean) text += '|' + std::to_string(mean);
  text += '|' + std::to_string(format.scale);
  for (const Point& point : manifest.chip_points) {
    text += '|' + std::to_string(point.x) + ',' + std::to_string(point.y);
  }
  if (calls > 1) text += "|mirrored";
  return to_hex(sha256(as_bytes(text)));
}

class ChipEmbedder final : public Embedder {
 public:
  // `views`: 1, or 2 with the mirror image; `calls`: of the model, for all of them.
  ChipEmbedder(std::unique_ptr<infer::Model> model, const infer::Manifest& manifest, const Chip& chip,
               Calibration calibration, std::size_t dimension, std::size_t views, std::size_t calls)
      : model_(std::move(model)),
        format_(manifest.input.format),
        chip_(chip),
        views_(views),
        calls_(calls),
        calibration_(std::move(calibration)),
        dimension_(dimension),
        space_(space_of(manifest, calls)),
        face_model_version_(manifest.version),
        quality_model_(manifest.quality) {}

  [[nodiscard]] Result<Embedding> embed(const Image& image, const FivePoints& points) const override {
    const std::optional<Affine> to_picture = similarity_transform(chip_.points, points);
    if (!to_picture) return Error(ErrorKind::invalid_argument, "the alignment points fit no face");
    const std::array<Affine, 2> views = {*to_picture, mirrored(*to_picture)};
    const infer::Session session = model_->acquire(0);
    const std::size_t floats = tensor_floats(chip_.size);
    std::vector<float> sum(dimension_, 0.0F);
    for (std::size_t view = 0; view < views_;) {
      for (std::size_t slot = 0; slot < views_ / calls_; ++slot, ++view) {
        warp_affine(image, views.at(view), chip_.size, format_, session.input().subspan(slot * floats, floats));
      }
      TRY(session.run());
      const std::span<const float> output = session.output(0);
      for (std::size_t i = 0; i < output.size(); ++i) sum[i % dimension_] += output[i];
    }
    return normalised(std::move(sum));
  }

  [[nodiscard]] std::size_t dimension() const override { return dimension_; }
  [[nodiscard]] const std::string& embedding_space() const override { return space_; }
  [[nodiscard]] const std::string& face_model_version() const override { return face_model_version_; }
  [[nodiscard]] const std::optional<infer::QualityModel>& quality_model() const override { return quality_model_; }
  [[nodiscard]] const Calibration& calibration() const override { return calibration_; }

 private:
  // The same chip with left and right exchanged: x becomes width - x before the map.
  [[nodiscard]] Affine mirrored(const Affine& map) const {
    const auto width = static_cast<float>(chip_.size.width);
    return {{-map.m[0], map.m[1], map.m[2] + map.m[0] * width, -map.m[3], map.m[4], map.m[5] + map.m[3] * width}};
  }

  static Result<Embedding> normalised(std::vector<float> values) {
    Embedding embedding{.values = std::move(values)};
    embedding.norm =
        std::sqrt(std::inner_product(embedding.values.begin(), embedding.values.end(), embedding.values.begin(), 0.0F));
    if (!(embedding.norm > 0) || !std::isfinite(embedding.norm)) {
      return Error(ErrorKind::internal, "the embedder's output has no direction");
    }
    for (float& value : embedding.values) value /= embedding.norm;
    return embedding;
  }

  std::unique_ptr<infer::Model> model_;
  TensorFormat format_;
  Chip chip_;
  std::size_t views_;
  std::size_t calls_;
  Calibration calibration_;
  std::size_t dimension_;
  std::string space_;
  std::string face_model_version_;
  std::optional<infer::QualityModel> quality_model_;
};

Result<Chip> chip_of(const infer::Manifest& manifest) {
  Chip chip{.size = manifest.input.size, .points = arcface_points};
  if (chip.size.width < 1 || chip.size.height < 1 || std::max(chip.size.width, chip.size.height) > max_chip_side) {
    return Error(ErrorKind::corrupt,
                 "pack " + manifest.name + ": an embedder's input has a width and a height, of at most 512");
  }
  if (!manifest.chip_points.empty()) {
    std::copy(manifest.chip_points.begin(), manifest.chip_points.end(), chip.points.begin());
  } else if (chip.size != arcface_size) {
    return Error(ErrorKind::corrupt, "pack " + manifest.name +
                                         ": a chip of another size than 112x112 needs chip_points: where eyes, nose "
                                         "and corners of the mouth lie in it");
  }
  return chip;
}

}  // namespace

Result<std::unique_ptr<Embedder>> create_chip_embedder(infer::Runtime& runtime, const infer::Pack& pack) {
  const infer::Manifest& manifest = pack.manifest;
  const Chip chip = TRY(chip_of(manifest));
  const std::size_t views = TRY(manifest.parameter("with_mirror")) != 0 ? 2 : 1;
  const double dimension = TRY(manifest.parameter("dimension"));
  const std::string output = TRY(manifest.text("output"));
  Calibration calibration = TRY(Calibration::create(manifest.calibration, manifest.blur));
  if (!(dimension >= 1 && dimension <= max_dimension)) {
    return Error(ErrorKind::corrupt, "pack " + manifest.name + ": \"dimension\" must be from 1 to 4096");
  }
  std::unique_ptr<infer::Model> model = TRY(runtime.load(pack, {}, {output}));
  std::size_t floats = 1;
  for (const std::size_t extent : model->input_shape(0)) floats *= extent;
  const std::size_t chips = floats / tensor_floats(chip.size);
  const bool fits = chips >= 1 && chips <= views && floats == chips * tensor_floats(chip.size) &&
                    model->output_floats(0, 0) == chips * static_cast<std::size_t>(dimension);
  if (!fits) {
    return Error(ErrorKind::corrupt, "pack " + manifest.name +
                                         ": input or output are not those of its manifest; look at width, height, "
                                         "dimension and with_mirror");
  }
  return std::unique_ptr<Embedder>(
      std::make_unique<ChipEmbedder>(std::move(model), manifest, chip, std::move(calibration),
                                     static_cast<std::size_t>(dimension), views, views / chips));
}

}  // namespace likeness::embed

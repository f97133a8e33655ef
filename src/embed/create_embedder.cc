// Embedder over the models that packs carry: align to a chip, run, normalise.
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/crypto.h"
#include "embed/embedder.h"
#include "image/similarity_transform.h"
#include "image/warp.h"

namespace likeness::embed {
namespace {

constexpr Size chip_size = {112, 112};

// Where the five points lie in the chip. Source: InsightFace, arcface_torch (112x112), the template of all ArcFace
// models.
constexpr FivePoints chip_points = {{
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

std::string space_of(const infer::Manifest& manifest) {
  const TensorFormat& format = manifest.input.format;
  std::string text = manifest.sha256 + '|' + alignment_version;
  text += format.layout == TensorLayout::planar ? "|NCHW" : "|NHWC";
  text += format.order == ChannelOrder::bgr ? "|BGR" : "|RGB";
  for (const float mean : format.mean) text += '|' + std::to_string(mean);
  text += '|' + std::to_string(format.scale);
  return to_hex(sha256(as_bytes(text)));
}

class ChipEmbedder final : public Embedder {
 public:
  ChipEmbedder(std::unique_ptr<infer::Model> model, const infer::Manifest& manifest, Calibration calibration,
               std::size_t dimension, bool with_mirror)
      : model_(std::move(model)),
        format_(manifest.input.format),
        with_mirror_(with_mirror),
        calibration_(std::move(calibration)),
        dimension_(dimension),
        space_(space_of(manifest)),
        face_model_version_(manifest.version),
        quality_model_(manifest.quality) {}

  [[nodiscard]] Result<Embedding> embed(const Image& image, const FivePoints& points) const override {
    const std::optional<Affine> to_picture = similarity_transform(chip_points, points);
    if (!to_picture) return Error(ErrorKind::invalid_argument, "the alignment points fit no face");
    const infer::Session session = model_->acquire(0);
    const std::span<float> input = session.input();
    const std::size_t floats = tensor_floats(chip_size);
    warp_affine(image, *to_picture, chip_size, format_, input.first(floats));
    if (with_mirror_) warp_affine(image, mirrored(*to_picture), chip_size, format_, input.subspan(floats, floats));
    TRY(session.run());
    return normalise(session.output(0));
  }

  [[nodiscard]] std::size_t dimension() const override { return dimension_; }
  [[nodiscard]] const std::string& embedding_space() const override { return space_; }
  [[nodiscard]] const std::string& face_model_version() const override { return face_model_version_; }
  [[nodiscard]] const std::optional<infer::QualityModel>& quality_model() const override { return quality_model_; }
  [[nodiscard]] const Calibration& calibration() const override { return calibration_; }

 private:
  // The same chip with left and right exchanged: x becomes width - x before the map.
  static Affine mirrored(const Affine& map) {
    const auto width = static_cast<float>(chip_size.width);
    return {{-map.m[0], map.m[1], map.m[2] + map.m[0] * width, -map.m[3], map.m[4], map.m[5] + map.m[3] * width}};
  }

  [[nodiscard]] Result<Embedding> normalise(std::span<const float> output) const {
    Embedding embedding;
    const std::size_t dimension = with_mirror_ ? output.size() / 2 : output.size();
    embedding.values.assign(output.begin(), output.begin() + static_cast<std::ptrdiff_t>(dimension));
    if (with_mirror_) {
      for (std::size_t i = 0; i < dimension; ++i) embedding.values[i] += output[dimension + i];
    }
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
  bool with_mirror_;
  Calibration calibration_;
  std::size_t dimension_;
  std::string space_;
  std::string face_model_version_;
  std::optional<infer::QualityModel> quality_model_;
};

}  // namespace

Result<std::unique_ptr<Embedder>> Embedder::create(infer::Runtime& runtime, const infer::Pack& pack) {
  const infer::Manifest& manifest = pack.manifest;
  const bool with_mirror = TRY(manifest.parameter("with_mirror")) != 0;
  const double dimension = TRY(manifest.parameter("dimension"));
  const std::string output = TRY(manifest.text("output"));
  Calibration calibration = TRY(Calibration::create(manifest.calibration, manifest.blur));
  std::unique_ptr<infer::Model> model = TRY(runtime.load(pack, {}, {output}));

  const std::size_t chips = with_mirror ? 2 : 1;
  std::size_t floats = 1;
  for (const std::size_t extent : model->input_shape(0)) floats *= extent;
  const bool fits = manifest.input.size == chip_size && floats == chips * tensor_floats(chip_size) && dimension >= 1 &&
                    dimension <= max_dimension &&
                    model->output_floats(0, 0) == chips * static_cast<std::size_t>(dimension);
  if (!fits) {
    return Error(ErrorKind::corrupt, "pack " + manifest.name + ": input or output are not those of its manifest");
  }
  return std::unique_ptr<Embedder>(std::make_unique<ChipEmbedder>(std::move(model), manifest, std::move(calibration),
                                                                  static_cast<std::size_t>(dimension), with_mirror));
}

}  // namespace likeness::embed

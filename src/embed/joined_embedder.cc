#include "embed/joined_embedder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/crypto.h"

namespace likeness::embed {
namespace {

// Raise it when the way of joining changes.
constexpr const char* joining_version = "roots-1";

class JoinedEmbedder final : public Embedder {
 public:
  JoinedEmbedder(std::vector<Member> members, const infer::Manifest& manifest, Calibration calibration)
      : members_(std::move(members)),
        calibration_(std::move(calibration)),
        quality_model_(manifest.quality),
        face_model_version_(manifest.version) {
    std::string text = joining_version;
    float sum = 0;
    for (const Member& member : members_) sum += member.weight;
    for (Member& member : members_) {
      member.weight /= sum;
      dimension_ += member.embedder->dimension();
      text += '|' + member.embedder->embedding_space() + '|' + std::to_string(member.weight);
    }
    space_ = to_hex(sha256(as_bytes(text)));
  }

  [[nodiscard]] Result<Embedding> embed(const Image& image, const FivePoints& points) const override {
    Embedding joined;
    joined.values.reserve(dimension_);
    for (const Member& member : members_) {
      const Embedding part = TRY(member.embedder->embed(image, points));
      if (joined.values.empty()) joined.norm = part.norm;
      const float scale = std::sqrt(member.weight);
      std::transform(part.values.begin(), part.values.end(), std::back_inserter(joined.values),
                     [scale](float value) { return value * scale; });
    }
    return joined;
  }

  [[nodiscard]] std::size_t dimension() const override { return dimension_; }
  [[nodiscard]] const std::string& embedding_space() const override { return space_; }
  [[nodiscard]] const std::string& face_model_version() const override { return face_model_version_; }
  [[nodiscard]] const std::optional<infer::QualityModel>& quality_model() const override { return quality_model_; }
  [[nodiscard]] const Calibration& calibration() const override { return calibration_; }

 private:
  std::vector<Member> members_;  // weights sum to 1
  std::size_t dimension_ = 0;
  Calibration calibration_;
  std::optional<infer::QualityModel> quality_model_;
  std::string space_;
  std::string face_model_version_;
};

}  // namespace

Result<std::unique_ptr<Embedder>> join_embedders(std::vector<Member> members, const infer::Manifest& manifest) {
  Calibration calibration = TRY(Calibration::create(manifest.calibration, manifest.blur));
  return std::unique_ptr<Embedder>(
      std::make_unique<JoinedEmbedder>(std::move(members), manifest, std::move(calibration)));
}

}  // namespace likeness::embed

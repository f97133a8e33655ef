// An embedding: a unit-length vector that is near for pictures of one person and far for different people.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "embed/calibration.h"
#include "image/face_mesh.h"
#include "image/image.h"
#include "infer/pack.h"
#include "infer/runtime.h"

namespace likeness::embed {

struct Embedding {
  std::vector<float> values;  // unit length
  float norm = 0;             // length of the model's raw output; low for blurred or tiny faces
};

// Thread rule: const and thread-safe after construction.
class Embedder {
 public:
  // For packs of the task face_embedding: models that read one chip laid out by five points (chip_embedder.h), and
  // packs that join such (joined_embedder.h). Errors: those of infer::Runtime::load, and corrupt (parameters, input or
  // output are not of that form).
  [[nodiscard]] static Result<std::unique_ptr<Embedder>> create(infer::Runtime& runtime, const infer::Pack& pack);

  Embedder() = default;
  virtual ~Embedder() = default;
  Embedder(const Embedder&) = delete;
  Embedder& operator=(const Embedder&) = delete;

  // `points`: the five alignment points in pixels of `image`.
  // Errors: invalid_argument (the points fit no face, for example all are the same), internal.
  [[nodiscard]] virtual Result<Embedding> embed(const Image& image, const FivePoints& points) const = 0;

  // Hash of pack, preprocessing and alignment version, in hexadecimal. Vectors of different spaces must never be
  // compared.
  [[nodiscard]] virtual const std::string& embedding_space() const = 0;

  // How many numbers an embedding has.
  [[nodiscard]] virtual std::size_t dimension() const = 0;

  // "MAJOR.MINOR": the version of the pack, which clients see as the version of the face model. Two packs of one
  // version are told apart by their embedding space.
  [[nodiscard]] virtual const std::string& face_model_version() const = 0;

  // How a face's quality follows from what was seen (face_quality.h). Absent: the pack does not say.
  [[nodiscard]] virtual const std::optional<infer::QualityModel>& quality_model() const = 0;

  // What a cosine of two embeddings of this space means.
  [[nodiscard]] virtual const Calibration& calibration() const = 0;
};

}  // namespace likeness::embed

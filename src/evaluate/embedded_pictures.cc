#include "evaluate/embedded_pictures.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "evaluate/for_each_index.h"
#include "evaluate/read_picture.h"

namespace likeness::evaluate {

namespace {

float area(const pipeline::AnalyzedFace& face) { return face.box.width * face.box.height; }

float distance_to_middle(const pipeline::AnalyzedFace& face) {
  const float x = face.box.left + face.box.width / 2 - 0.5F;
  const float y = face.box.top + face.box.height / 2 - 0.5F;
  return x * x + y * y;
}

const pipeline::AnalyzedFace& chosen(const std::vector<pipeline::AnalyzedFace>& faces, WhichFace which) {
  return *std::max_element(faces.begin(), faces.end(), [which](const auto& a, const auto& b) {
    return which == WhichFace::largest ? area(a) < area(b) : distance_to_middle(a) > distance_to_middle(b);
  });
}

Result<void> embed(EmbeddedPicture& embedded, const pipeline::ImageAnalyzer& analyzer, WhichFace which) {
  const Image image = TRY(read_picture(embedded.picture.path));
  const std::vector<pipeline::AnalyzedFace> faces = TRY(analyzer.analyze(image, {.describe = true, .embed = true}));
  if (faces.empty()) return Error(ErrorKind::invalid_argument, "no face was found");
  const pipeline::AnalyzedFace& face = chosen(faces, which);
  if (!face.embedding) return Error(ErrorKind::invalid_argument, "the face cannot be compared");
  embedded.embedding = face.embedding->values;
  embedded.distance_factor = analyzer.embedder().calibration().distance_factor(face.description->quality.sharpness);
  return {};
}

}  // namespace

std::vector<EmbeddedPicture> embed_pictures(const std::vector<LabelledPicture>& pictures,
                                            const pipeline::ImageAnalyzer& analyzer, WhichFace which,
                                            std::size_t threads, const std::function<void(std::size_t)>& progress) {
  std::vector<EmbeddedPicture> embedded(pictures.size());
  std::atomic<std::size_t> done = 0;
  for_each_index(pictures.size(), threads, [&](std::size_t i) {
    embedded[i].picture = pictures[i];
    const Result<void> outcome = embed(embedded[i], analyzer, which);
    if (!outcome.ok()) embedded[i].problem = outcome.error().message;
    if (progress) progress(++done);
  });
  return embedded;
}

}  // namespace likeness::evaluate

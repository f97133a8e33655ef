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

Result<std::vector<float>> embed(const std::filesystem::path& path, const pipeline::ImageAnalyzer& analyzer,
                                 WhichFace which) {
  const Image image = TRY(read_picture(path));
  std::vector<pipeline::AnalyzedFace> faces = TRY(analyzer.analyze(image, {.embed = true}));
  if (faces.empty()) return Error(ErrorKind::invalid_argument, "no face was found");
  const pipeline::AnalyzedFace& face = chosen(faces, which);
  if (!face.embedding) return Error(ErrorKind::invalid_argument, "the face cannot be compared");
  return face.embedding->values;
}

}  // namespace

std::vector<EmbeddedPicture> embed_pictures(const std::vector<LabelledPicture>& pictures,
                                            const pipeline::ImageAnalyzer& analyzer, WhichFace which,
                                            std::size_t threads, const std::function<void(std::size_t)>& progress) {
  std::vector<EmbeddedPicture> embedded(pictures.size());
  std::atomic<std::size_t> done = 0;
  for_each_index(pictures.size(), threads, [&](std::size_t i) {
    embedded[i].picture = pictures[i];
    Result<std::vector<float>> embedding = embed(pictures[i].path, analyzer, which);
    if (embedding.ok()) {
      embedded[i].embedding = *std::move(embedding);
    } else {
      embedded[i].problem = embedding.error().message;
    }
    if (progress) progress(++done);
  });
  return embedded;
}

}  // namespace likeness::evaluate

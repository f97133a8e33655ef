#include "evaluate/embedded_pictures.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <utility>

#include "codec/decode.h"
#include "evaluate/for_each_index.h"

namespace likeness::evaluate {

namespace {

constexpr std::size_t most_file_bytes = std::size_t{50} * 1024 * 1024;

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
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return Error(ErrorKind::unavailable, "cannot be read");
  if (static_cast<std::size_t>(file.tellg()) > most_file_bytes) {
    return Error(ErrorKind::image_too_large, "has more than 50 MB");
  }
  file.seekg(0);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const codec::Decoded decoded = TRY(codec::decode(as_bytes(bytes), {}));
  std::vector<pipeline::AnalyzedFace> faces = TRY(analyzer.analyze(decoded.image, {.embed = true}));
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

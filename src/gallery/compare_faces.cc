#include "gallery/compare_faces.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace likeness::gallery {

namespace {

// Both of unit length, so the dot product is the cosine.
float cosine(const embed::Embedding& a, const embed::Embedding& b) {
  return std::inner_product(a.values.begin(), a.values.end(), b.values.begin(), 0.0F);
}

// All faces that can be compared: a face without an embedding is too degenerate to be told from anything.
Result<std::vector<pipeline::AnalyzedFace>> comparable_faces(const pipeline::ImageAnalyzer& analyzer,
                                                             const Image& image, std::size_t max_faces) {
  std::vector<pipeline::AnalyzedFace> faces =
      TRY(analyzer.analyze(image, {.describe = true, .embed = true, .max_faces = max_faces}));
  std::erase_if(faces, [](const pipeline::AnalyzedFace& face) { return !face.embedding.has_value(); });
  return faces;
}

Error no_face(const char* picture) {
  return {ErrorKind::invalid_argument,
          std::string("Request has invalid parameters: there is no face in the ") + picture + " image"};
}

}  // namespace

Result<Comparison> compare_faces(const pipeline::ImageAnalyzer& analyzer, const Image& source, const Image& target,
                                 const CompareOptions& options) {
  std::vector<pipeline::AnalyzedFace> of_source = TRY(comparable_faces(analyzer, source, 1));
  if (of_source.empty()) return no_face("source");
  Comparison comparison;
  comparison.source = std::move(of_source.front());
  if (!meets(comparison.source, options.quality_bar)) {
    return Error(ErrorKind::invalid_argument,
                 "Request has invalid parameters: the largest face of the source image is below the quality bar");
  }
  std::vector<pipeline::AnalyzedFace> of_target =
      TRY(comparable_faces(analyzer, target, pipeline::AnalyzeOptions().max_faces));
  if (of_target.empty()) return no_face("target");
  const embed::Calibration& calibration = analyzer.embedder().calibration();
  for (pipeline::AnalyzedFace& face : of_target) {
    if (!meets(face, options.quality_bar)) continue;
    const float sharpness =
        std::max(comparison.source.description->quality.sharpness, face.description->quality.sharpness);
    const float similarity = calibration.similarity(cosine(*comparison.source.embedding, *face.embedding), sharpness);
    if (similarity >= options.similarity_threshold) {
      comparison.matches.push_back({std::move(face), similarity});
    } else {
      comparison.unmatched.push_back(std::move(face));
    }
  }
  // Of equal ones the larger face first. (No std::stable_sort: libstdc++ 12 uses a function for it that clang warns
  // of.)
  std::sort(comparison.matches.begin(), comparison.matches.end(), [](const FaceMatch& a, const FaceMatch& b) {
    if (a.similarity != b.similarity) return a.similarity > b.similarity;
    return a.face.box.width * a.face.box.height > b.face.box.width * b.face.box.height;
  });
  return comparison;
}

}  // namespace likeness::gallery

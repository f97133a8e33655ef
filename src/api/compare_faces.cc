#include "api/compare_faces.h"

#include "api/face_details.h"
#include "api/image_input.h"
#include "api/quality_filter.h"
#include "gallery/compare_faces.h"

namespace likeness::api {

Result<wire::CompareFacesResponse> compare_faces(const wire::CompareFacesRequest& request, const Services& services) {
  const PictureBytes source_bytes = TRY(fetch_picture(*request.source_image, "sourceImage", services));
  const PictureBytes target_bytes = TRY(fetch_picture(*request.target_image, "targetImage", services));
  const likeness::Image source = TRY(decode_picture(source_bytes));
  const likeness::Image target = TRY(decode_picture(target_bytes));
  gallery::CompareOptions options;  // whose defaults are Rekognition's
  options.similarity_threshold = request.similarity_threshold.value_or(options.similarity_threshold);
  options.quality_bar = to_quality_bar(request.quality_filter, options.quality_bar);
  const gallery::Comparison comparison = TRY(gallery::compare_faces(services.analyzer, source, target, options));

  wire::CompareFacesResponse response;
  response.source_image_face = wire::ComparedSourceImageFace{.bounding_box = to_bounding_box(comparison.source.box),
                                                             .confidence = comparison.source.confidence};
  auto& matches = response.face_matches.emplace();
  for (const gallery::FaceMatch& match : comparison.matches) {
    matches.push_back({.similarity = match.similarity, .face = to_compared_face(match.face, target.size())});
  }
  auto& unmatched = response.unmatched_faces.emplace();
  for (const pipeline::AnalyzedFace& face : comparison.unmatched) {
    unmatched.push_back(to_compared_face(face, target.size()));
  }
  return response;
}

}  // namespace likeness::api

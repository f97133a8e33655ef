#include "api/search_faces.h"

#include <utility>
#include <vector>

#include "api/face_details.h"
#include "api/gallery_caller.h"
#include "api/image_input.h"
#include "api/quality_filter.h"
#include "api/stored_faces.h"
#include "gallery/search.h"

namespace likeness::api {

namespace {

gallery::SearchLimits limits_of(const std::optional<float>& threshold, const std::optional<std::int32_t>& most) {
  gallery::SearchLimits limits;  // whose defaults are Rekognition's
  limits.similarity_threshold = threshold.value_or(limits.similarity_threshold);
  if (most) limits.most = static_cast<std::size_t>(*most);
  return limits;
}

std::vector<wire::FaceMatch> to_matches(std::vector<gallery::SimilarFace> similar) {
  std::vector<wire::FaceMatch> matches;
  matches.reserve(similar.size());
  for (gallery::SimilarFace& face : similar) {
    matches.push_back({.similarity = face.similarity, .face = to_face(std::move(face.face))});
  }
  return matches;
}

}  // namespace

Result<wire::SearchFacesResponse> search_faces(const wire::SearchFacesRequest& request, const Services& services,
                                               const Caller& caller) {
  gallery::Answer<gallery::SimilarFace> answer =
      TRY(services.search.faces_like_face(gallery_caller(caller).scope, *request.collection_id, *request.face_id,
                                          limits_of(request.face_match_threshold, request.max_faces)));
  wire::SearchFacesResponse response;
  response.searched_face_id = request.face_id;
  response.face_matches = to_matches(std::move(answer.matches));
  response.face_model_version = std::move(answer.face_model_version);
  return response;
}

Result<wire::SearchFacesByImageResponse> search_faces_by_image(const wire::SearchFacesByImageRequest& request,
                                                               const Services& services, const Caller& caller) {
  const store::Scope scope = gallery_caller(caller).scope;
  (void)TRY(services.collections.get(scope, *request.collection_id));
  const likeness::Image picture = TRY(read_image(*request.image, "image", services));
  gallery::PictureAnswer<gallery::SimilarFace> answer = TRY(services.search.faces_like_picture(
      scope, *request.collection_id, picture, to_quality_bar(request.quality_filter, gallery::QualityBar::none),
      limits_of(request.face_match_threshold, request.max_faces)));
  if (!answer.searched) {
    return Error(ErrorKind::invalid_argument,
                 answer.below_bar.empty()
                     ? "There are no faces in the image. Should be at least 1."
                     : "Request has invalid parameters: the largest face of the image is below the quality bar");
  }
  wire::SearchFacesByImageResponse response;
  response.searched_face_bounding_box = to_bounding_box(answer.searched->box);
  response.searched_face_confidence = answer.searched->confidence;
  response.face_matches = to_matches(std::move(answer.answer.matches));
  response.face_model_version = std::move(answer.answer.face_model_version);
  return response;
}

}  // namespace likeness::api

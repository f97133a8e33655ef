#include "api/search_users.h"

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

constexpr std::size_t most_users = 500;  // the service description's largest MaxUsers, and our default

gallery::SearchLimits limits_of(const std::optional<float>& threshold, const std::optional<std::int32_t>& most) {
  gallery::SearchLimits limits;  // whose threshold is Rekognition's default
  limits.similarity_threshold = threshold.value_or(limits.similarity_threshold);
  limits.most = most ? static_cast<std::size_t>(*most) : most_users;
  return limits;
}

std::vector<wire::UserMatch> to_matches(std::vector<gallery::SimilarUser> similar) {
  std::vector<wire::UserMatch> matches;
  matches.reserve(similar.size());
  for (gallery::SimilarUser& user : similar) {
    matches.push_back({.similarity = user.similarity,
                       .user = wire::MatchedUser{.user_id = std::move(user.user.id),
                                                 .user_status = to_user_status(user.user.status)}});
  }
  return matches;
}

}  // namespace

Result<wire::SearchUsersResponse> search_users(const wire::SearchUsersRequest& request, const Services& services,
                                               const Caller& caller) {
  if (request.face_id.has_value() == request.user_id.has_value()) {
    return Error(ErrorKind::invalid_argument,
                 "Request has invalid parameters: exactly one of FaceId and UserId is needed");
  }
  const store::Scope scope = gallery_caller(caller).scope;
  const gallery::SearchLimits limits = limits_of(request.user_match_threshold, request.max_users);
  wire::SearchUsersResponse response;
  gallery::Answer<gallery::SimilarUser> answer;
  if (request.face_id) {
    answer = TRY(services.search.users_like_face(scope, *request.collection_id, *request.face_id, limits));
    response.searched_face = wire::SearchedFace{.face_id = request.face_id};
  } else {
    answer = TRY(services.search.users_like_user(scope, *request.collection_id, *request.user_id, limits));
    response.searched_user = wire::SearchedUser{.user_id = request.user_id};
  }
  response.user_matches = to_matches(std::move(answer.matches));
  response.face_model_version = std::move(answer.face_model_version);
  return response;
}

Result<wire::SearchUsersByImageResponse> search_users_by_image(const wire::SearchUsersByImageRequest& request,
                                                               const Services& services, const Caller& caller) {
  const store::Scope scope = gallery_caller(caller).scope;
  (void)TRY(services.collections.get(scope, *request.collection_id));
  const likeness::Image picture = TRY(read_image(*request.image, "image", services));
  gallery::PictureAnswer<gallery::SimilarUser> answer = TRY(services.search.users_like_picture(
      scope, *request.collection_id, picture, to_quality_bar(request.quality_filter, gallery::QualityBar::none),
      limits_of(request.user_match_threshold, request.max_users)));
  const AttributeSet attributes({});
  wire::SearchUsersByImageResponse response;
  response.user_matches = to_matches(std::move(answer.answer.matches));
  response.face_model_version = std::move(answer.answer.face_model_version);
  if (answer.searched) {
    response.searched_face =
        wire::SearchedFaceDetails{.face_detail = to_face_detail(*answer.searched, picture.size(), attributes)};
  }
  std::vector<wire::UnsearchedFace>& unsearched = response.unsearched_faces.emplace();
  for (const gallery::PassedOver& face : answer.below_bar) {
    unsearched.push_back({.face_details = to_face_detail(face.seen, picture.size(), attributes),
                          .reasons = to_unsearched_reasons(face.reasons)});
  }
  for (const pipeline::AnalyzedFace& face : answer.not_largest) {
    unsearched.push_back({.face_details = to_face_detail(face, picture.size(), attributes),
                          .reasons = std::vector{wire::UnsearchedFaceReason::face_not_largest}});
  }
  return response;
}

}  // namespace likeness::api

#include "api/corrections.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "api/gallery_caller.h"
#include "api/paging.h"
#include "api/request_parameters.h"
#include "gallery/corrections.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

namespace {

// Of RejectMatch and of RetractRejection.
template <typename Request>
Result<gallery::TakenFor> taken_for(const Request& request) {
  if (request.user_id.has_value() == request.rejected_face_id.has_value()) {
    return Error(ErrorKind::invalid_argument,
                 "Request has invalid parameters: exactly one of UserId and RejectedFaceId is needed");
  }
  return gallery::TakenFor{.user_id = request.user_id, .face_id = request.rejected_face_id};
}

// A rejection's place in the list, as one text: neither id has a slash.
std::string place_of(const store::Rejection& rejection) { return rejection.subject_id + '/' + rejection.face_id; }

store::RejectionKey key_of(std::string_view place) {
  const std::size_t slash = place.find('/');
  if (slash == std::string_view::npos) return {.subject_id = std::string(place), .face_id = {}};
  return {.subject_id = std::string(place.substr(0, slash)), .face_id = std::string(place.substr(slash + 1))};
}

struct Placed {
  store::Rejection rejection;
  std::string place;
};

}  // namespace

Result<std::string> reject_match(const wire::RejectMatchRequest& request, const Services& services,
                                 const Caller& caller) {
  const gallery::TakenFor person = TRY(taken_for(request));
  return services.idempotent_calls.answer(wire::Operation::reject_match, request, wire::RejectMatchResponse(),
                                          [&](const std::optional<store::Idempotency>& once) {
                                            return services.corrections.reject(gallery_caller(caller),
                                                                               *request.collection_id, *request.face_id,
                                                                               person, once);
                                          });
}

Result<std::string> retract_rejection(const wire::RetractRejectionRequest& request, const Services& services,
                                      const Caller& caller) {
  const gallery::TakenFor person = TRY(taken_for(request));
  return services.idempotent_calls.answer(wire::Operation::retract_rejection, request, wire::RetractRejectionResponse(),
                                          [&](const std::optional<store::Idempotency>& once) {
                                            return services.corrections.retract(gallery_caller(caller),
                                                                                *request.collection_id,
                                                                                *request.face_id, person, once);
                                          });
}

Result<std::string> split_user(const wire::SplitUserRequest& request, const Services& services, const Caller& caller) {
  wire::SplitUserResponse response;
  response.user_status = wire::UserStatus::active;
  return services.idempotent_calls.answer(
      wire::Operation::split_user, request, response, [&](const std::optional<store::Idempotency>& once) {
        return services.corrections.split(gallery_caller(caller), *request.collection_id, *request.user_id,
                                          *request.face_ids, *request.new_user_id, once);
      });
}

Result<std::string> merge_users(const wire::MergeUsersRequest& request, const Services& services,
                                const Caller& caller) {
  wire::MergeUsersResponse response;
  response.user_status = wire::UserStatus::active;
  return services.idempotent_calls.answer(
      wire::Operation::merge_users, request, response, [&](const std::optional<store::Idempotency>& once) {
        return services.corrections.merge(gallery_caller(caller), *request.collection_id, *request.user_id,
                                          *request.merged_user_id, once);
      });
}

Result<wire::ListRejectionsResponse> list_rejections(const wire::ListRejectionsRequest& request,
                                                     const Services& services, const Caller& caller) {
  const store::Scope scope = gallery_caller(caller).scope;
  const gallery::RejectionFilter filter{.user_id = request.user_id, .face_id = request.face_id};
  const ListIdentity list{wire::name(wire::Operation::list_rejections), parameters_hash(request), caller.account,
                          caller.region};
  const auto read = [&](std::string_view after, std::size_t limit) -> Result<std::vector<Placed>> {
    std::vector<Placed> placed;
    for (store::Rejection& each :
         TRY(services.corrections.list(scope, *request.collection_id, filter, key_of(after), limit))) {
      std::string place = place_of(each);
      placed.push_back({std::move(each), std::move(place)});
    }
    return placed;
  };
  Page<Placed> page = TRY(read_page(services.page_tokens, list, request.next_token, page_size(request.max_results),
                                    read, [](const Placed& placed) { return std::string_view(placed.place); }));
  wire::ListRejectionsResponse response;
  std::vector<wire::Rejection>& rejections = response.rejections.emplace();
  for (Placed& placed : page.records) {
    wire::Rejection rejection;
    rejection.face_id = std::move(placed.rejection.face_id);
    rejection.subject_id = std::move(placed.rejection.subject_id);
    rejection.user_id = std::move(placed.rejection.user_id);
    rejection.rejected_by = std::move(placed.rejection.actor);
    rejection.creation_timestamp = placed.rejection.created;
    rejections.push_back(std::move(rejection));
  }
  response.next_token = std::move(page.next_token);
  return response;
}

}  // namespace likeness::api

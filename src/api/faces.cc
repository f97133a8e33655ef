#include "api/faces.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "api/gallery_caller.h"
#include "api/paging.h"
#include "api/request_parameters.h"
#include "api/stored_faces.h"
#include "gallery/faces.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

namespace {

wire::UnsuccessfulFaceDeletionReason to_reason(gallery::NotRemoved reason) {
  return reason == gallery::NotRemoved::of_a_user ? wire::UnsuccessfulFaceDeletionReason::associated_to_an_existing_user
                                                  : wire::UnsuccessfulFaceDeletionReason::face_not_found;
}

}  // namespace

Result<wire::ListFacesResponse> list_faces(const wire::ListFacesRequest& request, const Services& services,
                                           const Caller& caller) {
  const store::Scope scope = gallery_caller(caller).scope;
  const store::Collection collection = TRY(services.collections.get(scope, *request.collection_id));
  const gallery::FaceFilter filter{.user_id = request.user_id, .face_ids = request.face_ids};
  const ListIdentity list{wire::name(wire::Operation::list_faces), parameters_hash(request), caller.account,
                          caller.region};
  Page<store::Face> page = TRY(read_page(
      services.page_tokens, list, request.next_token, page_size(request.max_results),
      [&](std::string_view after, std::size_t limit) {
        return services.faces.list(scope, collection.id, filter, after, limit);
      },
      [](const store::Face& face) { return std::string_view(face.id); }));
  wire::ListFacesResponse response;
  std::vector<wire::Face>& faces = response.faces.emplace();
  for (store::Face& face : page.records) faces.push_back(to_face(std::move(face)));
  response.next_token = std::move(page.next_token);
  response.face_model_version = collection.face_model_version;
  return response;
}

Result<wire::DeleteFacesResponse> delete_faces(const wire::DeleteFacesRequest& request, const Services& services,
                                               const Caller& caller) {
  gallery::Removal removal =
      TRY(services.faces.remove(gallery_caller(caller), *request.collection_id, *request.face_ids));
  wire::DeleteFacesResponse response;
  response.deleted_faces = std::move(removal.removed);
  std::vector<wire::UnsuccessfulFaceDeletion>& failures = response.unsuccessful_face_deletions.emplace();
  for (gallery::UnremovedFace& face : removal.unremoved) {
    failures.push_back({.face_id = std::move(face.face_id),
                        .user_id = std::move(face.user_id),
                        .reasons = std::vector{to_reason(face.reason)}});
  }
  return response;
}

}  // namespace likeness::api

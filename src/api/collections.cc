#include "api/collections.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "api/arn.h"
#include "api/gallery_caller.h"
#include "api/paging.h"
#include "api/request_parameters.h"
#include "gallery/collections.h"
#include "gallery/delete_collection.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

namespace {

constexpr std::int32_t ok_status = 200;  // StatusCode repeats the HTTP status

}  // namespace

Result<wire::CreateCollectionResponse> create_collection(const wire::CreateCollectionRequest& request,
                                                         const Services& services, const Caller& caller) {
  const std::string resource = collection_resource(*request.collection_id);
  const store::Collection collection = TRY(services.collections.create(gallery_caller(caller), *request.collection_id,
                                                                       resource, request.tags.value_or(store::Tags())));
  wire::CreateCollectionResponse response;
  response.status_code = ok_status;
  response.collection_arn = short_arn_of(caller, resource);
  response.face_model_version = collection.face_model_version;
  return response;
}

Result<wire::DeleteCollectionResponse> delete_collection(const wire::DeleteCollectionRequest& request,
                                                         const Services& services, const Caller& caller) {
  TRY(services.collection_deletion.remove(gallery_caller(caller), *request.collection_id));
  wire::DeleteCollectionResponse response;
  response.status_code = ok_status;
  return response;
}

Result<wire::DescribeCollectionResponse> describe_collection(const wire::DescribeCollectionRequest& request,
                                                             const Services& services, const Caller& caller) {
  const gallery::CollectionDescription found =
      TRY(services.collections.describe(gallery_caller(caller).scope, *request.collection_id));
  wire::DescribeCollectionResponse response;
  response.face_count = static_cast<std::int64_t>(found.size.faces);
  response.user_count = static_cast<std::int64_t>(found.size.users);
  response.face_model_version = found.collection.face_model_version;
  response.collection_arn = arn_of(caller, found.collection.resource);
  response.creation_timestamp = found.collection.created;
  return response;
}

Result<wire::ListCollectionsResponse> list_collections(const wire::ListCollectionsRequest& request,
                                                       const Services& services, const Caller& caller) {
  const store::Scope scope = gallery_caller(caller).scope;
  const ListIdentity list{wire::name(wire::Operation::list_collections), parameters_hash(request), caller.account,
                          caller.region};
  Page<store::Collection> page = TRY(read_page(
      services.page_tokens, list, request.next_token, page_size(request.max_results),
      [&](std::string_view after, std::size_t limit) { return services.collections.list(scope, after, limit); },
      [](const store::Collection& collection) { return std::string_view(collection.id); }));
  wire::ListCollectionsResponse response;
  std::vector<std::string>& ids = response.collection_ids.emplace();
  std::vector<std::string>& versions = response.face_model_versions.emplace();
  for (store::Collection& collection : page.records) {
    ids.push_back(std::move(collection.id));
    versions.push_back(std::move(collection.face_model_version));
  }
  response.next_token = std::move(page.next_token);
  return response;
}

}  // namespace likeness::api

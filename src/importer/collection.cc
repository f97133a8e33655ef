#include "importer/collection.h"

#include "wire/rekognition/create_collection.h"
#include "wire/rekognition/describe_collection.h"

namespace likeness::importer {

Result<std::string> prepare_collection(ApiClient& api, const std::string& collection, bool create) {
  if (create) {
    wire::CreateCollectionRequest request;
    request.collection_id = collection;
    const Result<wire::CreateCollectionResponse> made =
        api.call<wire::CreateCollectionRequest, wire::CreateCollectionResponse>(wire::Operation::create_collection,
                                                                                request);
    if (!made.ok() && made.error().kind != ErrorKind::already_exists) return made.error();
  }
  wire::DescribeCollectionRequest request;
  request.collection_id = collection;
  const Result<wire::DescribeCollectionResponse> found =
      api.call<wire::DescribeCollectionRequest, wire::DescribeCollectionResponse>(wire::Operation::describe_collection,
                                                                                  request);
  if (!found.ok()) {
    if (found.error().kind != ErrorKind::not_found) return found.error();
    return Error(ErrorKind::not_found, found.error().message + "; --create makes it");
  }
  return found->creation_timestamp ? std::to_string(found->creation_timestamp->time_since_epoch().count())
                                   : std::string("unknown");
}

}  // namespace likeness::importer

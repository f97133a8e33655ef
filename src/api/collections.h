// CreateCollection, DeleteCollection, DescribeCollection and ListCollections.
//
// Thread rule: free functions; callable from any thread.
#pragma once

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/create_collection.h"
#include "wire/rekognition/delete_collection.h"
#include "wire/rekognition/describe_collection.h"
#include "wire/rekognition/list_collections.h"

namespace likeness::api {

// Requests have passed validation. Errors of all: those of gallery::Collections.
[[nodiscard]] Result<wire::CreateCollectionResponse> create_collection(const wire::CreateCollectionRequest& request,
                                                                       const Services& services, const Caller& caller);
[[nodiscard]] Result<wire::DeleteCollectionResponse> delete_collection(const wire::DeleteCollectionRequest& request,
                                                                       const Services& services, const Caller& caller);
[[nodiscard]] Result<wire::DescribeCollectionResponse> describe_collection(
    const wire::DescribeCollectionRequest& request, const Services& services, const Caller& caller);
// By CollectionId, in byte order. Also invalid_token.
[[nodiscard]] Result<wire::ListCollectionsResponse> list_collections(const wire::ListCollectionsRequest& request,
                                                                     const Services& services, const Caller& caller);

}  // namespace likeness::api

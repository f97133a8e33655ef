// TagResource, UntagResource and ListTagsForResource: of collections, so far the only resources there are.
//
// Thread rule: free functions; callable from any thread.
#pragma once

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/list_tags_for_resource.h"
#include "wire/rekognition/tag_resource.h"
#include "wire/rekognition/untag_resource.h"

namespace likeness::api {

// Requests have passed validation. Errors of all: those of resource_of() and of gallery::Collections.
[[nodiscard]] Result<wire::TagResourceResponse> tag_resource(const wire::TagResourceRequest& request,
                                                             const Services& services, const Caller& caller);
[[nodiscard]] Result<wire::UntagResourceResponse> untag_resource(const wire::UntagResourceRequest& request,
                                                                 const Services& services, const Caller& caller);
[[nodiscard]] Result<wire::ListTagsForResourceResponse> list_tags_for_resource(
    const wire::ListTagsForResourceRequest& request, const Services& services, const Caller& caller);

}  // namespace likeness::api

#include "api/tags.h"

#include <string>

#include "api/arn.h"
#include "api/gallery_caller.h"
#include "gallery/collections.h"

namespace likeness::api {

Result<wire::TagResourceResponse> tag_resource(const wire::TagResourceRequest& request, const Services& services,
                                               const Caller& caller) {
  const std::string resource = TRY(resource_of(caller, *request.resource_arn));
  TRY(services.collections.tag(gallery_caller(caller), resource, *request.tags));
  return wire::TagResourceResponse();
}

Result<wire::UntagResourceResponse> untag_resource(const wire::UntagResourceRequest& request, const Services& services,
                                                   const Caller& caller) {
  const std::string resource = TRY(resource_of(caller, *request.resource_arn));
  TRY(services.collections.untag(gallery_caller(caller), resource, *request.tag_keys));
  return wire::UntagResourceResponse();
}

Result<wire::ListTagsForResourceResponse> list_tags_for_resource(const wire::ListTagsForResourceRequest& request,
                                                                 const Services& services, const Caller& caller) {
  const std::string resource = TRY(resource_of(caller, *request.resource_arn));
  wire::ListTagsForResourceResponse response;
  response.tags = TRY(services.collections.tags(gallery_caller(caller).scope, resource));
  return response;
}

}  // namespace likeness::api

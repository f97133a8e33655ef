// SearchUsers and SearchUsersByImage.
//
// Thread rule: free functions on a task of the compute pool.
#pragma once

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/search_users.h"
#include "wire/rekognition/search_users_by_image.h"

namespace likeness::api {

// Requests have passed validation. Errors: those of gallery::Search; of the first also invalid_argument (neither or
// both of FaceId and UserId), of the second those of read_image().
[[nodiscard]] Result<wire::SearchUsersResponse> search_users(const wire::SearchUsersRequest& request,
                                                             const Services& services, const Caller& caller);
// A picture without a face is no error, as in Rekognition.
[[nodiscard]] Result<wire::SearchUsersByImageResponse> search_users_by_image(
    const wire::SearchUsersByImageRequest& request, const Services& services, const Caller& caller);

}  // namespace likeness::api

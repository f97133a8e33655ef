// The extension service: RejectMatch, RetractRejection, ListRejections, SplitUser and MergeUsers.
//
// Thread rule: free functions; callable from any thread.
#pragma once

#include <string>

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/list_rejections.h"
#include "wire/rekognition/merge_users.h"
#include "wire/rekognition/reject_match.h"
#include "wire/rekognition/retract_rejection.h"
#include "wire/rekognition/split_user.h"

namespace likeness::api {

// Requests have passed validation. Those that change something give the answer's JSON, which may be that of an earlier
// call (api/idempotency.h). Errors of all: those of gallery::Corrections, and invalid_argument (neither or both of
// UserId and RejectedFaceId).
[[nodiscard]] Result<std::string> reject_match(const wire::RejectMatchRequest& request, const Services& services,
                                               const Caller& caller);
[[nodiscard]] Result<std::string> retract_rejection(const wire::RetractRejectionRequest& request,
                                                    const Services& services, const Caller& caller);
[[nodiscard]] Result<std::string> split_user(const wire::SplitUserRequest& request, const Services& services,
                                             const Caller& caller);
[[nodiscard]] Result<std::string> merge_users(const wire::MergeUsersRequest& request, const Services& services,
                                              const Caller& caller);
// By subject, then face. Also invalid_token.
[[nodiscard]] Result<wire::ListRejectionsResponse> list_rejections(const wire::ListRejectionsRequest& request,
                                                                   const Services& services, const Caller& caller);

}  // namespace likeness::api

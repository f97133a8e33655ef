// CreateUser, DeleteUser and ListUsers.
//
// Thread rule: free functions; callable from any thread.
#pragma once

#include <string>

#include "api/caller.h"
#include "api/services.h"
#include "base/result.h"
#include "wire/rekognition/create_user.h"
#include "wire/rekognition/delete_user.h"
#include "wire/rekognition/list_users.h"

namespace likeness::api {

// Requests have passed validation. The first two give the answer's JSON, which may be that of an earlier call
// (api/idempotency.h). Errors of all: those of gallery::Users.
[[nodiscard]] Result<std::string> create_user(const wire::CreateUserRequest& request, const Services& services,
                                              const Caller& caller);
[[nodiscard]] Result<std::string> delete_user(const wire::DeleteUserRequest& request, const Services& services,
                                              const Caller& caller);
// By UserId, in byte order. Also invalid_token.
[[nodiscard]] Result<wire::ListUsersResponse> list_users(const wire::ListUsersRequest& request,
                                                         const Services& services, const Caller& caller);

}  // namespace likeness::api

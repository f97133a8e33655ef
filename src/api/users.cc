#include "api/users.h"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "api/gallery_caller.h"
#include "api/paging.h"
#include "api/stored_faces.h"
#include "gallery/associations.h"
#include "gallery/users.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

namespace {

constexpr std::int32_t most_users = 500;  // of a page: the service description's largest MaxResults, and our default

}  // namespace

Result<std::string> create_user(const wire::CreateUserRequest& request, const Services& services,
                                const Caller& caller) {
  return services.idempotent_calls.answer(wire::Operation::create_user, request, wire::CreateUserResponse(),
                                          [&](const std::optional<store::Idempotency>& once) {
                                            return services.users.create(gallery_caller(caller), *request.collection_id,
                                                                         *request.user_id, once);
                                          });
}

Result<std::string> delete_user(const wire::DeleteUserRequest& request, const Services& services,
                                const Caller& caller) {
  return services.idempotent_calls.answer(wire::Operation::delete_user, request, wire::DeleteUserResponse(),
                                          [&](const std::optional<store::Idempotency>& once) {
                                            return services.associations.remove_user(
                                                gallery_caller(caller), *request.collection_id, *request.user_id, once);
                                          });
}

Result<wire::ListUsersResponse> list_users(const wire::ListUsersRequest& request, const Services& services,
                                           const Caller& caller) {
  const store::Scope scope = gallery_caller(caller).scope;
  const ListIdentity list{wire::name(wire::Operation::list_users), parameters_hash(request), caller.account,
                          caller.region};
  Page<store::User> page = TRY(read_page(
      services.page_tokens, list, request.next_token,
      static_cast<std::size_t>(request.max_results.value_or(most_users)),
      [&](std::string_view after, std::size_t limit) {
        return services.users.list(scope, *request.collection_id, after, limit);
      },
      [](const store::User& user) { return std::string_view(user.id); }));
  wire::ListUsersResponse response;
  std::vector<wire::User>& users = response.users.emplace();
  for (store::User& user : page.records) {
    users.push_back({.user_id = std::move(user.id), .user_status = to_user_status(user.status)});
  }
  response.next_token = std::move(page.next_token);
  return response;
}

}  // namespace likeness::api

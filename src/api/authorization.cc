#include "api/authorization.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "policy/arn.h"
#include "policy/evaluate.h"
#include "wire/text.h"

namespace likeness::api {

namespace {

// Of a resource's name in messages. Valid ids are shorter; a client may have sent anything.
constexpr std::size_t quoted_characters = 400;

store::Scope scope_of(const Caller& caller) { return {.account = caller.account, .region = caller.region}; }

Error denied(const Caller& caller, const Permission& permission, const std::string& why) {
  return {ErrorKind::access_denied,
          "User: " + policy::caller_arn(caller.account, caller.lasting_key_id()) +
              " is not authorized to perform: " + permission.action + " on resource: " +
              std::string(wire::first_characters(permission.names.front(), quoted_characters)) + " " + why};
}

policy::Context context_of(const Caller& caller, const Target& target) {
  policy::Context context;
  context.source_ip = caller.peer.substr(0, caller.peer.find('%'));  // a link-local address without its zone
  context.time = caller.time;
  context.secure_transport = caller.secure;
  context.key_id = caller.lasting_key_id();
  context.request_tags = target.tags;
  context.tag_keys = target.tag_keys;
  return context;
}

}  // namespace

Result<std::map<std::string, std::string>> StoredResourceTags::tags_of(const Caller& caller,
                                                                       const std::string& arn) const {
  using Tags = std::map<std::string, std::string>;
  const auto parsed = policy::parse_arn(arn);
  if (!parsed || parsed->account != caller.account || parsed->region != caller.region) return Tags();
  Result<store::Tags> tags = store_.tags_of(scope_of(caller), parsed->resource);
  if (tags.ok()) return *std::move(tags);
  // A name that nothing has, and one that the store would never take, are names of nothing.
  const ErrorKind kind = tags.error().kind;
  if (kind == ErrorKind::not_found || kind == ErrorKind::invalid_argument) return Tags();
  return std::move(tags).error();
}

Result<void> Authorizer::authorize(const Caller& caller, wire::Operation operation, const void* request) const {
  const Target target =
      target_of(operation, request, {.account = caller.account, .region = caller.region, .time = caller.time});
  const auto documents = book_.find(scope_of(caller), caller.policies);
  if (!documents.ok()) {
    if (documents.error().kind != ErrorKind::not_found) return documents.error();
    return denied(caller, target.permissions.front(), "because a policy of this access key does not exist");
  }
  for (const Permission& permission : target.permissions) TRY(require(caller, *documents, target, permission));
  return {};
}

Result<void> Authorizer::require(const Caller& caller, const PolicyBook::Documents& documents, const Target& target,
                                 const Permission& permission) const {
  std::vector<const policy::Document*> pointers;
  pointers.reserve(documents.size());
  for (const auto& document : documents) pointers.push_back(document.get());
  policy::Context context = context_of(caller, target);
  if (std::ranges::any_of(pointers, &policy::Document::asks_for_resource_tags)) {
    context.resource_tags = TRY(tags_.tags_of(caller, permission.names.front()));
  }
  const policy::Decision decision =
      policy::evaluate(pointers, {.action = permission.action, .resources = permission.names}, context);
  switch (decision.reason) {
    case policy::Reason::allowed: return {};
    case policy::Reason::denied: return denied(caller, permission, "with an explicit deny in an identity-based policy");
    case policy::Reason::not_allowed: break;
  }
  return denied(caller, permission, "because no identity-based policy allows the " + permission.action + " action");
}

wire::Inspect Authorizer::inspection(const Caller& caller, wire::Operation operation) const {
  return [this, &caller, operation](const void* request) { return authorize(caller, operation, request); };
}

}  // namespace likeness::api

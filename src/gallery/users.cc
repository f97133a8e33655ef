#include "gallery/users.h"

#include <string>
#include <utility>

#include "base/ids.h"
#include "gallery/ledger_detail.h"
#include "gallery/retry.h"

namespace likeness::gallery {

namespace {

Error named(Error error, std::string_view collection, std::string_view user) {
  if (error.kind == ErrorKind::already_exists) {
    return {ErrorKind::already_exists,
            "The user id: " + std::string(user) + " already exists in the collection id: " + std::string(collection)};
  }
  return error;
}

}  // namespace

Users::Users(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

Result<store::Applied> Users::create(const Caller& caller, std::string_view collection, std::string_view user,
                                     const std::optional<store::Idempotency>& once) const {
  store::User record;
  record.id = user;
  record.subject_id = random_uuid();
  record.status = store::UserStatus::created;
  record.created = clock_.now();
  const store::Mutation mutation{
      ledger_record("user.create", caller.actor, record.created,
                    LedgerDetail().with("collection", collection).with("subject", record.subject_id)),
      once};
  Result<store::Applied> applied = store_.create_user(caller.scope, collection, record, mutation);
  if (!applied.ok()) {
    if (applied.error().kind == ErrorKind::not_found) return no_collection(applied.error(), collection);
    return named(applied.error(), collection, user);
  }
  return applied;
}

Result<std::vector<store::User>> Users::list(const store::Scope& scope, std::string_view collection,
                                             std::string_view after, std::size_t limit) const {
  Result<std::vector<store::User>> users = store_.list_users(scope, collection, after, limit);
  if (!users.ok()) return no_collection(users.error(), collection);
  return users;
}

}  // namespace likeness::gallery

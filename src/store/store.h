// The durable store, as everything above it sees it.
//
// Every call is blocking. A mutating call returns when its change is durable: it survives the loss of power. It takes
// the ledger record of the change (and a client's token, if there is one), and does all of it or nothing: a call that
// gives an error has changed nothing. The order inside a mutating call is: limits, the token, the change, the record.
// With a token that was seen with the same parameters it changes nothing and gives Applied::replayed.
//
// Nothing here assumes one process or one file: another process may have changed what was read a moment ago, so a
// decision that must hold is one call.
//
// Listings are in the byte order of their key: at most `limit` records (1 to limits::page) after `after`, which need
// not exist; empty means from the beginning. A page costs the same wherever it stands.
//
// Errors of every call: invalid_argument (a record or a limit that limits.h forbids), overloaded (too many calls wait;
// again later helps), unavailable (no space, no permission, the disk does not answer; the message says what to do),
// corrupt (what is stored is damaged; the message says which file and what to do). Errors of mutating calls with a
// token: idempotency_mismatch. Further errors stand beside each call.
//
// Thread rule: all methods may be called from any thread. Ownership: records go in and out by value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/records.h"

namespace likeness::store {

class AccessKeys {
 public:
  virtual ~AccessKeys() = default;
  // Errors: already_exists, also if another scope has a key with this id.
  virtual Result<Applied> create_access_key(const Scope& scope, const AccessKey& key, const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<Applied> change_access_key(const Scope& scope, std::string_view id, const AccessKeyChange& change,
                                            const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<Applied> delete_access_key(const Scope& scope, std::string_view id, const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<AccessKey> access_key(const Scope& scope, std::string_view id) = 0;
  // Whose key this is. Errors: not_found.
  virtual Result<LocatedAccessKey> locate_access_key(std::string_view id) = 0;
  virtual Result<std::vector<AccessKey>> list_access_keys(const Scope& scope, std::string_view after,
                                                          std::size_t limit) = 0;
};

class Policies {
 public:
  virtual ~Policies() = default;
  // Makes the document or replaces it; `created` of one that is there stays as it was.
  virtual Result<Applied> put_policy(const Scope& scope, const PolicyDocument& policy, const Mutation& mutation) = 0;
  // Errors: not_found, invalid_argument (an access key of this scope still names it).
  virtual Result<Applied> delete_policy(const Scope& scope, std::string_view name, const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<PolicyDocument> policy(const Scope& scope, std::string_view name) = 0;
  virtual Result<std::vector<PolicyDocument>> list_policies(const Scope& scope, std::string_view after,
                                                            std::size_t limit) = 0;
};

class Collections {
 public:
  virtual ~Collections() = default;
  // Errors: already_exists (the id or the resource).
  virtual Result<Applied> create_collection(const Scope& scope, const Collection& collection, const Tags& tags,
                                            const Mutation& mutation) = 0;
  // Takes its users and tags along. Errors: not_found.
  virtual Result<Applied> delete_collection(const Scope& scope, std::string_view id, const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<Collection> collection(const Scope& scope, std::string_view id) = 0;
  // Errors: not_found.
  virtual Result<CollectionSize> collection_size(const Scope& scope, std::string_view id) = 0;
  virtual Result<std::vector<Collection>> list_collections(const Scope& scope, std::string_view after,
                                                           std::size_t limit) = 0;
};

// Tags of anything that is a resource: collections so far.
class ResourceTags {
 public:
  virtual ~ResourceTags() = default;
  // Adds and replaces. Errors: not_found (no such resource), limit_exceeded (it would have more than `most` tags).
  virtual Result<Applied> tag(const Scope& scope, std::string_view resource, const Tags& tags, std::size_t most,
                              const Mutation& mutation) = 0;
  // Keys that it has not are no error. Errors: not_found (no such resource).
  virtual Result<Applied> untag(const Scope& scope, std::string_view resource, const std::vector<std::string>& keys,
                                const Mutation& mutation) = 0;
  // Errors: not_found (no such resource).
  virtual Result<Tags> tags_of(const Scope& scope, std::string_view resource) = 0;
};

class Users {
 public:
  virtual ~Users() = default;
  // Errors: not_found (no such collection), already_exists (the user id or the subject id).
  virtual Result<Applied> create_user(const Scope& scope, std::string_view collection, const User& user,
                                      const Mutation& mutation) = 0;
  // Errors: not_found (no such collection or user).
  virtual Result<Applied> set_user_status(const Scope& scope, std::string_view collection, std::string_view id,
                                          UserStatus status, const Mutation& mutation) = 0;
  // Errors: not_found (no such collection or user).
  virtual Result<Applied> delete_user(const Scope& scope, std::string_view collection, std::string_view id,
                                      const Mutation& mutation) = 0;
  // Errors: not_found (no such collection or user).
  virtual Result<User> user(const Scope& scope, std::string_view collection, std::string_view id) = 0;
  // By user id. Errors: not_found (no such collection).
  virtual Result<std::vector<User>> list_users(const Scope& scope, std::string_view collection, std::string_view after,
                                               std::size_t limit) = 0;
};

// Tokens of clients, written by mutating calls.
class Tokens {
 public:
  virtual ~Tokens() = default;
  // The kept response, if the token was seen and has not expired at `now`. Errors: idempotency_mismatch.
  virtual Result<std::optional<std::string>> find_response(const Scope& scope, std::string_view operation,
                                                           std::string_view token, const Digest& parameters_hash,
                                                           Time now) = 0;
  // Forgets at most `most` (1 to limits::page) tokens of all scopes that have expired at `now`; how many it forgot.
  // Housekeeping, without a ledger record. A clock set back keeps tokens longer, never shorter.
  virtual Result<std::size_t> forget_expired_tokens(Time now, std::size_t most) = 0;
};

// Ledger records on their way to the ledger, in one order over all scopes.
class Outbox {
 public:
  virtual ~Outbox() = default;
  // A record without a change: a search, a login. Durable like a change.
  virtual Result<Applied> append(const Scope& scope, const Mutation& mutation) = 0;
  // The oldest entries with a sequence above `after`, at most `limit` (1 to limits::page).
  virtual Result<std::vector<OutboxEntry>> read_outbox(std::uint64_t after, std::size_t limit) = 0;
  // Removes the entries up to and with `sequence`: the ledger has them. Numbers are never used again.
  virtual Result<void> acknowledge_outbox(std::uint64_t sequence) = 0;
};

// Small values under a name: those of an account, and under server_scope() those of the server.
class Settings {
 public:
  virtual ~Settings() = default;
  // Makes the setting or replaces it.
  virtual Result<Applied> put_setting(const Scope& scope, std::string_view name, const Bytes& value,
                                      const Mutation& mutation) = 0;
  // Errors: not_found.
  virtual Result<Bytes> setting(const Scope& scope, std::string_view name) = 0;
};

class Store : public AccessKeys,
              public Policies,
              public Collections,
              public ResourceTags,
              public Users,
              public Tokens,
              public Outbox,
              public Settings {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() override = default;

  // Reads everything and looks for damage. Takes as long as reading the whole store does. Errors: corrupt.
  virtual Result<void> check() = 0;
};

}  // namespace likeness::store

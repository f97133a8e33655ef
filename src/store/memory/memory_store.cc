#include "store/memory/memory_store.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "store/failures.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

using Key = std::pair<Scope, std::string>;                     // scope and id
using UserKey = std::tuple<Scope, std::string, std::string>;   // scope, collection, user
using TokenKey = std::tuple<Scope, std::string, std::string>;  // scope, operation, token

// The values of a map whose keys are of `scope`, after the id `after`.
template <typename Record>
std::vector<Record> page_of(const std::map<Key, Record>& records, const Scope& scope, std::string_view after,
                            std::size_t limit) {
  std::vector<Record> page;
  for (auto it = records.upper_bound({scope, std::string(after)});
       it != records.end() && it->first.first == scope && page.size() < limit; ++it) {
    page.push_back(it->second);
  }
  return page;
}

template <typename Record>
Result<Record> record_of(const std::map<Key, Record>& records, const Scope& scope, std::string_view id,
                         std::string_view what) {
  const auto found = records.find({scope, std::string(id)});
  if (found == records.end()) return missing(what, id);
  return found->second;
}

}  // namespace

struct MemoryStore::State {
  std::map<Key, AccessKey> access_keys;
  std::map<Key, PolicyDocument> policies;
  std::map<Key, Collection> collections;
  std::map<Key, Tags> tags;  // an entry for each resource, empty or not
  std::map<UserKey, User> users;
  std::map<TokenKey, Idempotency> tokens;
  std::map<std::uint64_t, OutboxEntry> outbox;
  std::uint64_t last_sequence = 0;
  std::map<Key, Bytes> settings;

  [[nodiscard]] Result<std::optional<std::string>> seen(const TokenKey& key, const Digest& parameters_hash,
                                                        Time now) const {
    const auto found = tokens.find(key);
    if (found == tokens.end() || found->second.expires_at <= now) return std::optional<std::string>();
    if (found->second.parameters_hash != parameters_hash) {
      return Error(ErrorKind::idempotency_mismatch, "the token was used before with other parameters");
    }
    return std::optional<std::string>(found->second.response);
  }
};

MemoryStore::MemoryStore() : state_(std::make_unique<State>()) {}
MemoryStore::~MemoryStore() = default;

Result<Applied> MemoryStore::apply(const Scope& scope, const Mutation& mutation, const Change& change) {
  TRY(validate(scope));
  TRY(validate(mutation));
  const MutexLock lock(mutex_);
  if (mutation.once) {
    const TokenKey key(scope, mutation.once->operation, mutation.once->token);
    std::optional<std::string> response = TRY(state_->seen(key, mutation.once->parameters_hash, mutation.record.time));
    if (response) return Applied{.sequence = 0, .replayed = std::move(response)};
  }
  TRY(change(*state_));
  if (mutation.once) {
    state_->tokens.insert_or_assign(TokenKey(scope, mutation.once->operation, mutation.once->token), *mutation.once);
  }
  const std::uint64_t sequence = ++state_->last_sequence;
  state_->outbox.emplace(sequence, OutboxEntry{.sequence = sequence, .scope = scope, .record = mutation.record});
  return Applied{.sequence = sequence, .replayed = std::nullopt};
}

Result<Applied> MemoryStore::create_access_key(const Scope& scope, const AccessKey& key, const Mutation& mutation) {
  TRY(validate(key));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    for (const auto& [where, other] : state.access_keys) {
      if (other.id == key.id) return present("access key", key.id);
    }
    state.access_keys.emplace(Key(scope, key.id), key);
    return {};
  });
}

Result<Applied> MemoryStore::change_access_key(const Scope& scope, std::string_view id, const AccessKeyChange& change,
                                               const Mutation& mutation) {
  TRY(validate(change));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const auto found = state.access_keys.find({scope, std::string(id)});
    if (found == state.access_keys.end()) return missing("access key", id);
    AccessKey& key = found->second;
    if (change.enabled) key.enabled = *change.enabled;
    if (change.policies) key.policies = *change.policies;
    if (change.note) key.note = *change.note;
    if (change.sealed_secret) key.sealed_secret = *change.sealed_secret;
    return {};
  });
}

Result<Applied> MemoryStore::delete_access_key(const Scope& scope, std::string_view id, const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    if (state.access_keys.erase({scope, std::string(id)}) == 0) return missing("access key", id);
    return {};
  });
}

Result<AccessKey> MemoryStore::access_key(const Scope& scope, std::string_view id) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  return record_of(state_->access_keys, scope, id, "access key");
}

Result<LocatedAccessKey> MemoryStore::locate_access_key(std::string_view id) {
  const MutexLock lock(mutex_);
  for (const auto& [where, key] : state_->access_keys) {
    if (key.id == id) return LocatedAccessKey{.scope = where.first, .key = key};
  }
  return missing("access key", id);
}

Result<std::vector<AccessKey>> MemoryStore::list_access_keys(const Scope& scope, std::string_view after,
                                                             std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  return page_of(state_->access_keys, scope, after, limit);
}

Result<Applied> MemoryStore::put_policy(const Scope& scope, const PolicyDocument& policy, const Mutation& mutation) {
  TRY(validate(policy));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const auto [place, made] = state.policies.try_emplace(Key(scope, policy.name), policy);
    if (!made) {
      place->second.document = policy.document;
      place->second.updated = policy.updated;
    }
    return {};
  });
}

Result<Applied> MemoryStore::delete_policy(const Scope& scope, std::string_view name, const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const auto found = state.policies.find({scope, std::string(name)});
    if (found == state.policies.end()) return missing("policy", name);
    for (const auto& [where, key] : state.access_keys) {
      if (where.first == scope && std::find(key.policies.begin(), key.policies.end(), name) != key.policies.end()) {
        return Error(ErrorKind::invalid_argument,
                     "access key " + key.id + " still names this policy; take it off first");
      }
    }
    state.policies.erase(found);
    return {};
  });
}

Result<PolicyDocument> MemoryStore::policy(const Scope& scope, std::string_view name) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  return record_of(state_->policies, scope, name, "policy");
}

Result<std::vector<PolicyDocument>> MemoryStore::list_policies(const Scope& scope, std::string_view after,
                                                               std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  return page_of(state_->policies, scope, after, limit);
}

Result<Applied> MemoryStore::create_collection(const Scope& scope, const Collection& collection, const Tags& tags,
                                               const Mutation& mutation) {
  TRY(validate(collection));
  TRY(validate(tags));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    if (state.collections.contains({scope, collection.id}) || state.tags.contains({scope, collection.resource})) {
      return present("collection", collection.id);
    }
    state.collections.emplace(Key(scope, collection.id), collection);
    state.tags.emplace(Key(scope, collection.resource), tags);
    return {};
  });
}

Result<Applied> MemoryStore::delete_collection(const Scope& scope, std::string_view id, const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const auto found = state.collections.find({scope, std::string(id)});
    if (found == state.collections.end()) return missing("collection", id);
    state.tags.erase({scope, found->second.resource});
    std::erase_if(state.users, [&](const auto& entry) {
      return std::get<0>(entry.first) == scope && std::get<1>(entry.first) == id;
    });
    state.collections.erase(found);
    return {};
  });
}

Result<Collection> MemoryStore::collection(const Scope& scope, std::string_view id) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  return record_of(state_->collections, scope, id, "collection");
}

Result<CollectionSize> MemoryStore::collection_size(const Scope& scope, std::string_view id) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  if (!state_->collections.contains({scope, std::string(id)})) return missing("collection", id);
  CollectionSize size;
  for (const auto& [where, user] : state_->users) {
    if (std::get<0>(where) == scope && std::get<1>(where) == id) ++size.users;
  }
  return size;
}

Result<std::vector<Collection>> MemoryStore::list_collections(const Scope& scope, std::string_view after,
                                                              std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  return page_of(state_->collections, scope, after, limit);
}

Result<Applied> MemoryStore::tag(const Scope& scope, std::string_view resource, const Tags& tags, std::size_t most,
                                 const Mutation& mutation) {
  TRY(validate(tags));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const auto found = state.tags.find({scope, std::string(resource)});
    if (found == state.tags.end()) return missing("resource", resource);
    Tags merged = tags;
    merged.insert(found->second.begin(), found->second.end());
    if (merged.size() > most) {
      return Error(ErrorKind::limit_exceeded, "a resource has at most " + std::to_string(most) + " tags");
    }
    found->second = std::move(merged);
    return {};
  });
}

Result<Applied> MemoryStore::untag(const Scope& scope, std::string_view resource, const std::vector<std::string>& keys,
                                   const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const auto found = state.tags.find({scope, std::string(resource)});
    if (found == state.tags.end()) return missing("resource", resource);
    for (const std::string& key : keys) found->second.erase(key);
    return {};
  });
}

Result<Tags> MemoryStore::tags_of(const Scope& scope, std::string_view resource) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  return record_of(state_->tags, scope, resource, "resource");
}

Result<Applied> MemoryStore::create_user(const Scope& scope, std::string_view collection, const User& user,
                                         const Mutation& mutation) {
  TRY(validate(user));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    if (!state.collections.contains({scope, std::string(collection)})) return missing("collection", collection);
    for (const auto& [where, other] : state.users) {
      const bool here = std::get<0>(where) == scope && std::get<1>(where) == collection;
      if (here && (other.id == user.id || other.subject_id == user.subject_id)) return present("user", user.id);
    }
    state.users.emplace(UserKey(scope, collection, user.id), user);
    return {};
  });
}

Result<Applied> MemoryStore::set_user_status(const Scope& scope, std::string_view collection, std::string_view id,
                                             UserStatus status, const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const auto found = state.users.find(UserKey(scope, collection, id));
    if (found == state.users.end()) return missing("user", id);
    found->second.status = status;
    return {};
  });
}

Result<Applied> MemoryStore::delete_user(const Scope& scope, std::string_view collection, std::string_view id,
                                         const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    if (state.users.erase(UserKey(scope, collection, id)) == 0) return missing("user", id);
    return {};
  });
}

Result<User> MemoryStore::user(const Scope& scope, std::string_view collection, std::string_view id) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  const auto found = state_->users.find(UserKey(scope, collection, id));
  if (found == state_->users.end()) return missing("user", id);
  return found->second;
}

Result<std::vector<User>> MemoryStore::list_users(const Scope& scope, std::string_view collection,
                                                  std::string_view after, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  if (!state_->collections.contains({scope, std::string(collection)})) return missing("collection", collection);
  std::vector<User> page;
  for (auto it = state_->users.upper_bound(UserKey(scope, collection, after));
       it != state_->users.end() && std::get<0>(it->first) == scope && std::get<1>(it->first) == collection &&
       page.size() < limit;
       ++it) {
    page.push_back(it->second);
  }
  return page;
}

Result<std::optional<std::string>> MemoryStore::find_response(const Scope& scope, std::string_view operation,
                                                              std::string_view token, const Digest& parameters_hash,
                                                              Time now) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  return state_->seen(TokenKey(scope, operation, token), parameters_hash, now);
}

Result<std::size_t> MemoryStore::forget_expired_tokens(Time now, std::size_t most) {
  TRY(validate_page(most));
  const MutexLock lock(mutex_);
  std::size_t forgotten = 0;
  for (auto it = state_->tokens.begin(); it != state_->tokens.end() && forgotten < most;) {
    if (it->second.expires_at <= now) {
      it = state_->tokens.erase(it);
      ++forgotten;
    } else {
      ++it;
    }
  }
  return forgotten;
}

Result<Applied> MemoryStore::append(const Scope& scope, const Mutation& mutation) {
  return apply(scope, mutation, [](State&) -> Result<void> { return {}; });
}

Result<std::vector<OutboxEntry>> MemoryStore::read_outbox(std::uint64_t after, std::size_t limit) {
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  std::vector<OutboxEntry> page;
  for (auto it = state_->outbox.upper_bound(after); it != state_->outbox.end() && page.size() < limit; ++it) {
    page.push_back(it->second);
  }
  return page;
}

Result<void> MemoryStore::acknowledge_outbox(std::uint64_t sequence) {
  const MutexLock lock(mutex_);
  state_->outbox.erase(state_->outbox.begin(), state_->outbox.upper_bound(sequence));
  return {};
}

Result<Applied> MemoryStore::put_setting(const Scope& scope, std::string_view name, const Bytes& value,
                                         const Mutation& mutation) {
  TRY(validate_setting(name, value));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    state.settings.insert_or_assign(Key(scope, name), value);
    return {};
  });
}

Result<Bytes> MemoryStore::setting(const Scope& scope, std::string_view name) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  return record_of(state_->settings, scope, name, "setting");
}

}  // namespace likeness::store

#include "store/memory/memory_store.h"

#include <algorithm>
#include <map>
#include <utility>

#include "store/failures.h"
#include "store/memory/memory_state.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

// The values of a map whose keys are of `scope`, after the id `after`.
template <typename Record>
std::vector<Record> page_of(const std::map<MemoryKey, Record>& records, const Scope& scope, std::string_view after,
                            std::size_t limit) {
  std::vector<Record> page;
  for (auto it = records.upper_bound({scope, std::string(after)});
       it != records.end() && it->first.first == scope && page.size() < limit; ++it) {
    page.push_back(it->second);
  }
  return page;
}

template <typename Record>
Result<Record> record_of(const std::map<MemoryKey, Record>& records, const Scope& scope, std::string_view id,
                         std::string_view what) {
  const auto found = records.find({scope, std::string(id)});
  if (found == records.end()) return missing(what, id);
  return found->second;
}

}  // namespace

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
    state.access_keys.emplace(MemoryKey(scope, key.id), key);
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
    const auto [place, made] = state.policies.try_emplace(MemoryKey(scope, policy.name), policy);
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
    if (state.deleted.contains({scope, collection.id})) return being_deleted(collection.id);
    state.collections.emplace(MemoryKey(scope, collection.id), collection);
    state.generations[MemoryKey(scope, collection.id)] = 0;
    state.tags.emplace(MemoryKey(scope, collection.resource), tags);
    return {};
  });
}

Result<Applied> MemoryStore::delete_collection(const Scope& scope, std::string_view id, const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const MemoryKey key(scope, std::string(id));
    const auto found = state.collections.find(key);
    if (found == state.collections.end()) return missing("collection", id);
    std::vector<std::uint64_t>& slots = state.deleted[key];
    visit_collection(state.faces, scope, id, {}, [&](const Face& face) {
      slots.push_back(face.key_slot);
      return true;
    });
    state.tags.erase({scope, found->second.resource});
    const auto in_it = [&](const auto& entry) {
      return std::get<0>(entry.first) == scope && std::get<1>(entry.first) == id;
    };
    std::erase_if(state.users, in_it);
    std::erase_if(state.subjects, in_it);
    std::erase_if(state.faces, in_it);
    std::erase_if(state.rejections, in_it);
    state.generations.erase(key);
    state.collections.erase(found);
    return {};
  });
}

Result<std::vector<LocatedCollection>> MemoryStore::deleted_collections() {
  const MutexLock lock(mutex_);
  std::vector<LocatedCollection> found;
  for (const auto& [key, slots] : state_->deleted) found.push_back({.scope = key.first, .id = key.second});
  return found;
}

Result<bool> MemoryStore::purge(const LocatedCollection& collection, std::size_t most) {
  TRY(validate(collection.scope));
  TRY(validate_page(most));
  const MutexLock lock(mutex_);
  const auto found = state_->deleted.find({collection.scope, collection.id});
  if (found == state_->deleted.end()) return false;
  std::vector<std::uint64_t>& slots = found->second;
  for (; !slots.empty() && most > 0; --most) {
    state_->slots_to_wipe.insert(slots.back());
    slots.pop_back();
  }
  if (most == 0) return true;
  state_->deleted.erase(found);
  return false;
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
  visit_collection(state_->users, scope, id, {}, [&](const User&) {
    ++size.users;
    return true;
  });
  visit_collection(state_->faces, scope, id, {}, [&](const Face&) {
    ++size.faces;
    return true;
  });
  return size;
}

Result<std::uint64_t> MemoryStore::collection_generation(const Scope& scope, std::string_view id) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  TRY(state_->require_collection(scope, id));
  return state_->generations.at({scope, std::string(id)});
}

Result<std::vector<Scope>> MemoryStore::scopes_with_collections() {
  const MutexLock lock(mutex_);
  std::vector<Scope> scopes;
  for (const auto& [key, collection] : state_->collections) {
    if (scopes.empty() || scopes.back() != key.first) scopes.push_back(key.first);
  }
  return scopes;
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
    state.settings.insert_or_assign(MemoryKey(scope, name), value);
    return {};
  });
}

Result<Bytes> MemoryStore::setting(const Scope& scope, std::string_view name) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  return record_of(state_->settings, scope, name, "setting");
}

}  // namespace likeness::store

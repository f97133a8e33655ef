#include "api/policy_book.h"

#include <algorithm>
#include <optional>

#include "base/crypto.h"
#include "policy/place.h"
#include "policy/ready_made.h"

namespace likeness::api {

namespace {

Result<void> check_changeable(const std::string& name) {
  TRY(policy::check_name(name));
  if (policy::find_ready_made(name) == nullptr) return {};
  return policy::wrong("", policy::in_quotes(name) + " is a ready-made policy and stays as it is; take another name");
}

// The record of a change. A name that policy::check_name() took needs no escapes in JSON.
store::Mutation mutation_of(const char* kind, const std::string& actor, Time time, const std::string& name,
                            std::string_view text) {
  std::string detail = "{\"policy\":\"" + name + "\"";
  if (!text.empty()) detail += ",\"sha256\":\"" + to_hex(sha256(as_bytes(text))) + "\"";
  return {.record = {.kind = kind, .actor = actor, .time = time, .detail = detail + "}"}, .once = std::nullopt};
}

}  // namespace

PolicyBook::PolicyBook(store::Policies& store, const Clock& clock) : store_(store), clock_(clock) {
  for (const policy::ReadyMade& ready : policy::ready_made_policies()) {
    Result<policy::Document> document = policy::parse_document(std::string(ready.name), ready.text);
    // ready_made_test.cc holds that all are; one that was not would be a name without a policy, which is a no.
    if (!document.ok()) continue;
    ready_made_.emplace(ready.name, std::make_shared<const policy::Document>(*std::move(document)));
  }
}

Result<PolicyBook::Documents> PolicyBook::find(const store::Scope& scope, std::span<const std::string> names) {
  Documents documents;
  documents.reserve(names.size());
  for (const std::string& name : names) documents.push_back(TRY(find_one(scope, name)));
  return documents;
}

Result<std::shared_ptr<const policy::Document>> PolicyBook::find_one(const store::Scope& scope,
                                                                     const std::string& name) {
  if (const auto ready = ready_made_.find(name); ready != ready_made_.end()) return ready->second;
  const Time now = clock_.now();
  const Key key(scope, name);
  std::uint64_t changes = 0;
  {
    const MutexLock lock(mutex_);
    changes = changes_;
    const auto kept = kept_.find(key);
    // A clock that was set back makes an entry too old at once.
    if (kept != kept_.end() && kept->second.read <= now && now - kept->second.read < max_age) {
      return kept->second.document;
    }
  }
  const store::PolicyDocument stored = TRY(store_.policy(scope, name));
  Result<policy::Document> read = policy::parse_document(name, stored.document);
  if (!read.ok()) {
    return Error(ErrorKind::corrupt, "the stored policy " + policy::in_quotes(name) +
                                         " cannot be read; put it anew: " + read.error().message);
  }
  auto document = std::make_shared<const policy::Document>(*std::move(read));
  const MutexLock lock(mutex_);
  if (changes == changes_) {
    if (kept_.size() >= max_kept) kept_.clear();
    kept_.insert_or_assign(key, Kept{.document = document, .read = now});
  }
  return document;
}

Result<std::string> PolicyBook::text(const store::Scope& scope, std::string_view name) {
  if (const policy::ReadyMade* ready = policy::find_ready_made(name)) return std::string(ready->text);
  store::PolicyDocument stored = TRY(store_.policy(scope, name));
  return std::move(stored.document);
}

Result<std::vector<PolicyEntry>> PolicyBook::list(const store::Scope& scope, std::string_view after,
                                                  std::size_t limit) {
  const std::vector<store::PolicyDocument> page = TRY(store_.list_policies(scope, after, limit));
  std::vector<PolicyEntry> entries;
  if (after.empty()) {
    for (const policy::ReadyMade& ready : policy::ready_made_policies()) {
      entries.push_back({.name = std::string(ready.name), .ready_made = true, .note = std::string(ready.note)});
    }
  }
  for (const store::PolicyDocument& stored : page) {
    entries.push_back({.name = stored.name, .ready_made = false, .note = {}, .updated = stored.updated});
  }
  return entries;
}

Result<void> PolicyBook::put(const store::Scope& scope, const std::string& actor, const std::string& name,
                             std::string_view text) {
  TRY(check_changeable(name));
  TRY(policy::parse_document(name, text));
  const Time now = clock_.now();
  const store::PolicyDocument policy{.name = name, .document = std::string(text), .created = now, .updated = now};
  TRY(store_.put_policy(scope, policy, mutation_of("policy.put", actor, now, name, text)));
  forget(scope, name);
  return {};
}

Result<void> PolicyBook::remove(const store::Scope& scope, const std::string& actor, const std::string& name) {
  TRY(check_changeable(name));
  TRY(store_.delete_policy(scope, name, mutation_of("policy.delete", actor, clock_.now(), name, {})));
  forget(scope, name);
  return {};
}

void PolicyBook::forget(const store::Scope& scope, const std::string& name) {
  const MutexLock lock(mutex_);
  ++changes_;
  kept_.erase(Key(scope, name));
}

}  // namespace likeness::api

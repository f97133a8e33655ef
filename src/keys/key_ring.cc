#include "keys/key_ring.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "store/limits.h"

namespace likeness::keys {

namespace {

constexpr const char* operator_name = "operator";

std::string as_json(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

std::string as_json(const std::vector<std::string>& texts) {
  std::string json = "[";
  for (const std::string& text : texts) {
    if (json.size() > 1) json.push_back(',');
    append_json_string(json, text);
  }
  json.push_back(']');
  return json;
}

Error no_such_key(std::string_view id) {
  return {ErrorKind::not_found, "there is no access key '" + std::string(id.substr(0, 100)) +
                                    "'; `likeness keys list` shows those there are"};
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::shared_ptr<const SecretBytes> shared_secret(std::string_view text) {
  return std::make_shared<const SecretBytes>(Bytes(text.begin(), text.end()));
}

}  // namespace

struct KeyRing::Entry {
  KeyInfo info;
  std::shared_ptr<const SecretBytes> secret;  // null if it is damaged

  [[nodiscard]] bool works() const { return info.enabled && secret != nullptr; }
};

KeyRing::KeyRing(KeyRingOptions options, store::AccessKeys& keys, store::Outbox& outbox, const PolicyNames& policies,
                 const MasterKey& master, const Clock& clock)
    : options_(std::move(options)),
      store_(keys),
      outbox_(outbox),
      policies_(policies),
      clock_(clock),
      sealing_key_(master.derive("access keys")),
      sessions_(master) {}

KeyRing::~KeyRing() = default;

Result<std::unique_ptr<KeyRing>> KeyRing::open(KeyRingOptions options, store::AccessKeys& keys, store::Outbox& outbox,
                                               const PolicyNames& policies, const MasterKey& master,
                                               const Clock& clock) {
  std::unique_ptr<KeyRing> ring(new KeyRing(std::move(options), keys, outbox, policies, master, clock));
  std::shared_ptr<const Keys> read = TRY(ring->read());
  const MutexLock lock(ring->mutex_);
  ring->keys_ = std::move(read);
  return ring;
}

// Reading.

std::shared_ptr<const KeyRing::Keys> KeyRing::snapshot() const {
  const MutexLock lock(mutex_);
  return keys_;
}

Bytes KeyRing::associated(std::string_view id) const {
  const std::string text = "access key " + options_.scope.account + "/" + options_.scope.region + "/" + std::string(id);
  return {text.begin(), text.end()};
}

KeyRing::Entry KeyRing::opened(store::AccessKey key) const {
  Entry entry;
  Result<SecretBytes> secret = open_sealed(sealing_key_, key.sealed_secret, associated(key.id));
  entry.info.is_damaged = !secret.ok();
  if (secret.ok()) entry.secret = std::make_shared<const SecretBytes>(*std::move(secret));
  entry.info.id = std::move(key.id);
  entry.info.enabled = key.enabled;
  entry.info.policies = std::move(key.policies);
  entry.info.note = std::move(key.note);
  entry.info.created = key.created;
  entry.info.rotated_from = std::move(key.rotated_from);
  return entry;
}

Result<std::shared_ptr<const KeyRing::Keys>> KeyRing::read() const {
  auto keys = std::make_shared<Keys>();
  std::string after;
  for (bool more = true; more;) {
    std::vector<store::AccessKey> page = TRY(store_.list_access_keys(options_.scope, after, store::limits::page));
    more = page.size() == store::limits::page;
    if (more) after = page.back().id;
    if (keys->size() + page.size() > max_keys) {
      return Error(ErrorKind::limit_exceeded, "the store has more than " + std::to_string(max_keys) +
                                                  " access keys; delete those that are not used");
    }
    for (store::AccessKey& key : page) {
      std::string id = key.id;
      keys->emplace(std::move(id), opened(std::move(key)));
    }
  }
  if (!options_.administrator) return std::shared_ptr<const Keys>(std::move(keys));
  // Last, so that no stored key hides it.
  Entry administrator;
  administrator.info.id = options_.administrator->id;
  administrator.info.is_administrator = true;
  administrator.info.policies = {std::string(administrator_policy)};
  administrator.secret = shared_secret(options_.administrator->secret);
  keys->insert_or_assign(options_.administrator->id, std::move(administrator));
  return std::shared_ptr<const Keys>(std::move(keys));
}

Result<void> KeyRing::reload(std::string_view id) {
  Result<std::shared_ptr<const Keys>> fresh = read();
  std::shared_ptr<const Keys> next;
  if (fresh.ok()) {
    next = *std::move(fresh);
  } else {
    auto without = std::make_shared<Keys>(*snapshot());
    without->erase(std::string(id));
    next = std::move(without);
  }
  {
    const MutexLock lock(mutex_);
    keys_ = std::move(next);
  }
  if (fresh.ok()) return {};
  return fresh.error().within("the change is stored, but the keys could not be read again; restart the server");
}

std::variant<Identity, Refusal> KeyRing::find(std::string_view access_key_id, std::string_view session_token,
                                              Time now) const {
  if (!session_token.empty()) return find_session(access_key_id, session_token, now);
  const std::shared_ptr<const Keys> keys = snapshot();
  const auto found = keys->find(std::string(access_key_id));
  if (found == keys->end() || !found->second.works()) return Refusal::unknown;
  const Entry& entry = found->second;
  return Identity{.access_key_id = entry.info.id,
                  .parent_key_id = std::nullopt,
                  .policies = entry.info.policies,
                  .secret = entry.secret};
}

std::variant<Identity, Refusal> KeyRing::find_session(std::string_view access_key_id, std::string_view token,
                                                      Time now) const {
  const Result<Session> session = sessions_.open(token);
  if (!session.ok() || session->access_key_id != access_key_id) return Refusal::unknown;
  const std::shared_ptr<const Keys> keys = snapshot();
  const auto parent = keys->find(session->parent_key_id);
  if (parent == keys->end() || !parent->second.works()) return Refusal::unknown;
  if (now >= session->expires) return Refusal::expired;
  Identity identity{.access_key_id = session->access_key_id,
                    .parent_key_id = session->parent_key_id,
                    .policies = {},
                    .secret = shared_secret(session->secret)};
  for (const std::string& name : session->policies) {
    if (contains(parent->second.info.policies, name)) identity.policies.push_back(name);
  }
  return identity;
}

std::vector<KeyInfo> KeyRing::list() const {
  std::vector<KeyInfo> infos;
  for (const auto& [id, entry] : *snapshot()) infos.push_back(entry.info);
  std::sort(infos.begin(), infos.end(), [](const KeyInfo& a, const KeyInfo& b) {
    return std::pair(!a.is_administrator, a.id) < std::pair(!b.is_administrator, b.id);
  });
  return infos;
}

// Changing.

store::Mutation KeyRing::mutation(const char* kind, std::string detail) const {
  return {.record = {.kind = kind, .actor = operator_name, .time = clock_.now(), .detail = std::move(detail)},
          .once = std::nullopt};
}

Result<void> KeyRing::check_policies(const std::vector<std::string>& policies) const {
  if (policies.size() > store::limits::policies_of_key) {
    return Error(ErrorKind::invalid_argument, "a key has at most " + std::to_string(store::limits::policies_of_key) +
                                                  " policies; put statements together in fewer documents");
  }
  for (const std::string& name : policies) {
    const bool known = is_policy_name(name) && TRY(policies_.has_policy(name));
    if (!known) {
      return Error(ErrorKind::invalid_argument, "there is no policy '" + name.substr(0, 100) + "'");
    }
    if (std::count(policies.begin(), policies.end(), name) > 1) {
      return Error(ErrorKind::invalid_argument, "the policy '" + name + "' is named twice");
    }
  }
  return {};
}

Result<void> KeyRing::check_changeable(std::string_view id) const {
  const std::shared_ptr<const Keys> keys = snapshot();
  const auto found = keys->find(std::string(id));
  if (found == keys->end()) return no_such_key(id);
  if (found->second.info.is_administrator) {
    return Error(ErrorKind::invalid_argument,
                 "the administrator's key is not kept in the store: change it in LIKENESS_ACCESS_KEY_ID and "
                 "LIKENESS_SECRET_ACCESS_KEY or in DATA/credentials, and restart the server");
  }
  return {};
}

Result<NewKey> KeyRing::add(const std::vector<std::string>& policies, std::string_view note,
                            std::optional<std::string> rotated_from, const char* kind) {
  if (note.size() > max_note_characters) {
    return Error(ErrorKind::invalid_argument,
                 "a note has at most " + std::to_string(max_note_characters) + " characters");
  }
  if (snapshot()->size() >= max_keys) {
    return Error(ErrorKind::limit_exceeded,
                 "there are " + std::to_string(max_keys) + " access keys; delete those that are not used");
  }
  NewKey made = make_key(lasting_prefix);
  std::string detail = "{\"key\":" + as_json(made.id) + ",\"policies\":" + as_json(policies);
  if (rotated_from) detail += ",\"rotated_from\":" + as_json(*rotated_from);
  detail.push_back('}');
  store::AccessKey key;
  key.id = made.id;
  key.sealed_secret = likeness::seal(sealing_key_, as_bytes(made.secret), associated(made.id));
  key.policies = policies;
  key.note = note;
  key.created = clock_.now();
  key.rotated_from = std::move(rotated_from);
  TRY(store_.create_access_key(options_.scope, key, mutation(kind, std::move(detail))));
  TRY(reload(made.id));
  return made;
}

Result<NewKey> KeyRing::create(const std::vector<std::string>& policies, std::string_view note) {
  TRY(check_policies(policies));
  const MutexLock lock(change_);
  return add(policies, note, std::nullopt, "key.create");
}

Result<NewKey> KeyRing::rotate(std::string_view id) {
  const MutexLock lock(change_);
  TRY(check_changeable(id));
  const store::AccessKey old = TRY(store_.access_key(options_.scope, id));
  return add(old.policies, old.note, old.id, "key.rotate");
}

Result<void> KeyRing::change(std::string_view id, const store::AccessKeyChange& change, const char* kind,
                             std::string detail) {
  const MutexLock lock(change_);
  TRY(check_changeable(id));
  TRY(store_.change_access_key(options_.scope, id, change, mutation(kind, std::move(detail))));
  return reload(id);
}

Result<void> KeyRing::set_enabled(std::string_view id, bool enabled) {
  store::AccessKeyChange wanted;
  wanted.enabled = enabled;
  return change(id, wanted, enabled ? "key.enable" : "key.disable", "{\"key\":" + as_json(id) + "}");
}

Result<void> KeyRing::set_policies(std::string_view id, const std::vector<std::string>& policies) {
  TRY(check_policies(policies));
  store::AccessKeyChange wanted;
  wanted.policies = policies;
  return change(id, wanted, "key.policies", "{\"key\":" + as_json(id) + ",\"policies\":" + as_json(policies) + "}");
}

Result<void> KeyRing::remove(std::string_view id) {
  const MutexLock lock(change_);
  TRY(check_changeable(id));
  TRY(store_.delete_access_key(options_.scope, id, mutation("key.delete", "{\"key\":" + as_json(id) + "}")));
  return reload(id);
}

Result<NewSession> KeyRing::make_session(std::string_view id, Micros lifetime,
                                         const std::vector<std::string>& policies) {
  if (lifetime < shortest_session || lifetime > longest_session) {
    return Error(ErrorKind::invalid_argument, "a session lasts from 15 minutes to 12 hours");
  }
  const std::shared_ptr<const Keys> keys = snapshot();
  const auto parent = keys->find(std::string(id));
  if (parent == keys->end()) return no_such_key(id);
  if (!parent->second.works()) {
    return Error(ErrorKind::invalid_argument, "the key is disabled, and so would its session be");
  }
  const std::vector<std::string>& offered = parent->second.info.policies;
  for (const std::string& name : policies) {
    if (!contains(offered, name)) {
      return Error(ErrorKind::invalid_argument,
                   "the key has no policy '" + name.substr(0, 100) + "', and a session has no more than its key");
    }
  }
  NewKey made = make_key(session_prefix);
  NewSession fresh;
  fresh.session.access_key_id = made.id;
  fresh.session.secret = std::move(made.secret);
  fresh.session.parent_key_id = id;
  fresh.session.policies = policies.empty() ? offered : policies;
  fresh.session.created = clock_.now();
  fresh.session.expires = fresh.session.created + lifetime;
  fresh.token = TRY(sessions_.seal(fresh.session));
  const std::string detail = "{\"key\":" + as_json(made.id) + ",\"parent\":" + as_json(id) +
                             ",\"policies\":" + as_json(fresh.session.policies) +
                             ",\"expires\":" + as_json(format_rfc3339(fresh.session.expires)) + "}";
  TRY(outbox_.append(options_.scope, mutation("session.create", detail)));
  return fresh;
}

}  // namespace likeness::keys

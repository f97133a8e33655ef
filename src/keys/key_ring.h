// The access keys of one account: made, listed, rotated, enabled, disabled and deleted; and the sessions made from
// them.
//
// Keys lie in the store with their secrets sealed under a key derived from the master key, bound to account, region and
// id. All of them are also in memory: what is there decides, and is read anew from the store after each change, so a
// change holds for the next request and no request waits for the store. Another process that changes the store is not
// noticed; one process owns a data folder, and commands reach it (app/control_socket.h).
//
// Rotation makes a second key with the same policies and note. The old one keeps working until it is disabled or
// deleted: how long clients need to move is for the operator to see, not for a timer.
//
// The administrator's key comes from the environment or from DATA/credentials, not from the store. It has the policy
// "admin", may have sessions, and cannot be changed here.
//
// Thread rule: all methods may be called from any thread. Ownership: the store, the names and the clock must outlive
// it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/sealing.h"
#include "base/thread_annotations.h"
#include "base/time.h"
#include "keys/identifiers.h"
#include "keys/identities.h"
#include "keys/policy_names.h"
#include "keys/session_token.h"
#include "store/store.h"

namespace likeness::keys {

inline constexpr std::string_view administrator_policy = "admin";
inline constexpr std::size_t max_keys = 10000;                        // of an account
inline constexpr std::size_t max_note_characters = 256;               // bytes of UTF-8
inline constexpr Micros shortest_session = std::chrono::minutes(15);  // as AWS STS has it
inline constexpr Micros longest_session = std::chrono::hours(12);

// What a listing shows; never a secret.
struct KeyInfo {
  std::string id;
  bool enabled = true;
  bool is_administrator = false;  // from the environment or DATA/credentials
  bool is_damaged = false;        // its secret does not open with this master key: it does not work
  std::vector<std::string> policies;
  std::string note;
  Time created{};                           // 0 for the administrator's
  std::optional<std::string> rotated_from;  // the key that this one replaces
};

struct NewSession {
  Session session;
  std::string token;
};

struct KeyRingOptions {
  store::Scope scope;
  std::optional<NewKey> administrator;  // id and secret
};

class KeyRing final : public Identities {
 public:
  // Reads the keys. Errors: those of the store, limit_exceeded (it has more than max_keys).
  [[nodiscard]] static Result<std::unique_ptr<KeyRing>> open(KeyRingOptions options, store::AccessKeys& keys,
                                                             store::Outbox& outbox, const PolicyNames& policies,
                                                             const MasterKey& master, const Clock& clock);
  ~KeyRing() override;

  [[nodiscard]] std::variant<Identity, Refusal> find(std::string_view access_key_id, std::string_view session_token,
                                                     Time now) const override;

  // Every change is durable when it returns. Errors of all of them, besides those below: those of the store,
  // invalid_argument (the administrator's key, a policy that does not exist, a note that is too long).

  // The secret is given here and never again. Errors: limit_exceeded (max_keys are there).
  [[nodiscard]] Result<NewKey> create(const std::vector<std::string>& policies, std::string_view note);
  // Errors: not_found, limit_exceeded.
  [[nodiscard]] Result<NewKey> rotate(std::string_view id);
  // A disabled key does not work, nor do its sessions. Errors: not_found.
  [[nodiscard]] Result<void> set_enabled(std::string_view id, bool enabled);
  // Running sessions keep what both they and the key then have. Errors: not_found.
  [[nodiscard]] Result<void> set_policies(std::string_view id, const std::vector<std::string>& policies);
  // For ever, with its sessions. Errors: not_found.
  [[nodiscard]] Result<void> remove(std::string_view id);

  // A session of an enabled key. `policies` is some of the key's; empty means all that it has now. Nothing is stored
  // but the ledger's record. Errors: not_found, invalid_argument (a disabled key, another lifetime than 15 minutes to
  // 12 hours, a policy that the key has not), limit_exceeded (too many policies for a token).
  [[nodiscard]] Result<NewSession> make_session(std::string_view id, Micros lifetime,
                                                const std::vector<std::string>& policies);

  // The administrator's first, then by id.
  [[nodiscard]] std::vector<KeyInfo> list() const;

 private:
  struct Entry;
  // By id and never changed once it is made. Found by hash: how long it takes says nothing of how much of an id is
  // right.
  using Keys = std::unordered_map<std::string, Entry>;

  KeyRing(KeyRingOptions options, store::AccessKeys& keys, store::Outbox& outbox, const PolicyNames& policies,
          const MasterKey& master, const Clock& clock);

  [[nodiscard]] std::shared_ptr<const Keys> snapshot() const;
  [[nodiscard]] Result<std::shared_ptr<const Keys>> read() const;
  // After a stored change. If the store cannot be read the change of `id` is stored all the same, and the key is
  // forgotten until it can: no key outlives its end.
  [[nodiscard]] Result<void> reload(std::string_view id);
  [[nodiscard]] Entry opened(store::AccessKey key) const;
  [[nodiscard]] Bytes associated(std::string_view id) const;
  [[nodiscard]] Result<NewKey> add(const std::vector<std::string>& policies, std::string_view note,
                                   std::optional<std::string> rotated_from, const char* kind);
  [[nodiscard]] Result<void> change(std::string_view id, const store::AccessKeyChange& change, const char* kind,
                                    std::string detail);
  [[nodiscard]] Result<void> check_policies(const std::vector<std::string>& policies) const;
  [[nodiscard]] Result<void> check_changeable(std::string_view id) const;
  [[nodiscard]] std::variant<Identity, Refusal> find_session(std::string_view access_key_id, std::string_view token,
                                                             Time now) const;
  [[nodiscard]] store::Mutation mutation(const char* kind, std::string detail) const;

  const KeyRingOptions options_;
  store::AccessKeys& store_;
  store::Outbox& outbox_;
  const PolicyNames& policies_;
  const Clock& clock_;
  const SecretKey sealing_key_;
  const SessionSealer sessions_;
  Mutex change_;  // held while a change is stored and read again, so that what is read last is what was stored last
  mutable Mutex mutex_;
  std::shared_ptr<const Keys> keys_ GUARDED_BY(mutex_);
};

}  // namespace likeness::keys

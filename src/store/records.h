// The records of the store: plain data, without Amazon's names, JSON or SQL.
//
// Every record lives under a Scope, which is no part of it. Ids are compared byte for byte. Times are microseconds UTC.
// Sizes are limited in store/limits.h.
//
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "store/mutation.h"
#include "store/scope.h"

namespace likeness::store {

// One access key of the API. Its id is unique over all scopes: a request names a key before anything else is known.
struct AccessKey {
  std::string id;
  Bytes sealed_secret;  // encrypted by the caller; the store never sees a secret
  bool enabled = true;
  std::vector<std::string> policies;  // names, in the caller's order; no line breaks in them
  std::string note;                   // for the operator
  Time created{};
  std::optional<std::string> rotated_from;  // id of the key that this one replaces

  bool operator==(const AccessKey&) const = default;
};

struct LocatedAccessKey {
  Scope scope;
  AccessKey key;

  bool operator==(const LocatedAccessKey&) const = default;
};

// What changes of an access key; what is absent stays.
struct AccessKeyChange {
  std::optional<bool> enabled;
  std::optional<std::vector<std::string>> policies;
  std::optional<std::string> note;
  std::optional<Bytes> sealed_secret;  // sealed again, for example under a new master key
};

// A permissions document, opaque to the store.
struct PolicyDocument {
  std::string name;
  std::string document;
  Time created{};
  Time updated{};

  bool operator==(const PolicyDocument&) const = default;
};

struct Collection {
  std::string id;
  std::string resource;            // the name its tags stand under (an ARN to the API); unique in its scope
  std::string embedding_space;     // which vectors may be in it (infer/pack.h)
  std::string face_model_version;  // "MAJOR.MINOR"
  std::string purpose;             // of the policy file; empty: the account's
  Bytes wrapped_key;               // the collection's key, encrypted by the caller
  Time created{};

  bool operator==(const Collection&) const = default;
};

// What is in a collection.
struct CollectionSize {
  std::uint64_t faces = 0;
  std::uint64_t users = 0;

  bool operator==(const CollectionSize&) const = default;
};

using Tags = std::map<std::string, std::string>;  // key -> value, by key

// `created`: without faces so far. The numbers are stored.
enum class UserStatus : std::uint8_t { creating = 0, active = 1, updating = 2, created = 3 };

// A subject that a client gave a user id to. Subjects without one come with the faces.
struct User {
  std::string id;          // the client's, unique in its collection
  std::string subject_id;  // ours, unique in its collection
  UserStatus status = UserStatus::active;
  Time created{};

  bool operator==(const User&) const = default;
};

// A ledger record that waits for the ledger.
struct OutboxEntry {
  std::uint64_t sequence = 0;
  Scope scope;
  LedgerRecord record;

  bool operator==(const OutboxEntry&) const = default;
};

}  // namespace likeness::store

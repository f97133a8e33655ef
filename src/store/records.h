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
#include "base/crypto.h"
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

// A collection of any account.
struct LocatedCollection {
  Scope scope;
  std::string id;

  auto operator<=>(const LocatedCollection&) const = default;
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

// A face of a collection: where it was seen, and its template, encrypted by the caller.
struct Face {
  std::string id;                      // ours, unique in its collection
  std::string subject_id;              // whose face it is
  std::optional<std::string> user_id;  // its subject's, if that is a user; filled by reading, empty in additions
  std::string image_id;                // ours: the faces of one picture share it
  std::optional<std::string> external_image_id;  // the client's
  Digest picture_hash{};           // says "the same picture again" within its collection, and nothing else
  double box_left = 0;             // of the picture's width; the box may reach beyond the picture
  double box_top = 0;              // of its height
  double box_width = 0;            //
  double box_height = 0;           //
  double confidence = 0;           // 0..100, that it is a face
  double sharpness = 100;          // 0..100, of what was seen; 100 too where it is not known
  std::string face_model_version;  // "MAJOR.MINOR"
  Bytes sealed_template;           // under a key that lies in key_slot of the file of key slots
  std::uint64_t key_slot = 0;      // unique in the store
  Time created{};

  bool operator==(const Face&) const = default;
};

// The faces of one or more pictures, to be added together.
struct FaceAddition {
  std::vector<Face> faces;              // 1 to limits::page; the subject of each is made with it
  std::uint64_t known_of_pictures = 0;  // how many faces with these picture hashes the caller saw in the collection
  std::uint64_t most = 0;               // faces that the collection may have afterwards
};

// What an index of vectors is built from.
struct FaceTemplate {
  std::uint64_t key_slot = 0;
  std::string face_id;
  Bytes sealed_template;

  bool operator==(const FaceTemplate&) const = default;
};

// A face that changes its subject.
struct FaceMove {
  std::string face_id;
  std::string from;  // the subject that the caller saw
  std::string to;    // a user's subject; or one that does not exist yet, and is made: a face of its own again
};

// `created`: without faces so far. The numbers are stored.
enum class UserStatus : std::uint8_t { creating = 0, active = 1, updating = 2, created = 3 };

// A subject that a client gave a user id to. Subjects without one come with the faces.
struct User {
  std::string id;          // the client's, unique in its collection
  std::string subject_id;  // ours, unique in its collection
  UserStatus status = UserStatus::active;
  Time created{};
  std::uint64_t number = 0;  // given by the store, unique in it and never given again; 0 in what is to be created

  bool operator==(const User&) const = default;
};

// Faces that change hands, in one step.
//
// A subject that takes a face inherits what was rejected of the subject that it leaves (but for faces of its own): a
// decision of a person is not lost because faces were sorted anew. A subject without a user id that is left without
// faces ends. A user has the status active while it has faces, and created without.
struct Reassignment {
  std::optional<User> made;            // a user made before the faces move
  std::vector<FaceMove> moves;         // at most limits::page, each face once
  std::optional<std::string> removed;  // the user id of a user that ends after the faces moved; it must have none left
  std::size_t most = 0;                // faces that a subject that takes one may have afterwards
};

// "Not this person": a face is no picture of a subject, whatever its similarity.
struct Rejection {
  std::string subject_id;
  std::string face_id;
  std::optional<std::string> user_id;  // the subject's, if it is a user; filled by reading
  std::string actor;                   // who said so: as LedgerRecord::actor
  Time created{};

  bool operator==(const Rejection&) const = default;
};

// Where a page of rejections begins: after this one. Empty: from the beginning.
struct RejectionKey {
  std::string subject_id;
  std::string face_id;
};

// A ledger record that waits for the ledger.
struct OutboxEntry {
  std::uint64_t sequence = 0;
  Scope scope;
  LedgerRecord record;

  bool operator==(const OutboxEntry&) const = default;
};

}  // namespace likeness::store

// What the store in memory holds. Internal to the room.
//
// Thread rule: a plain value, under the store's lock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "store/failures.h"
#include "store/limits.h"
#include "store/memory/memory_store.h"

namespace likeness::store {

using MemoryKey = std::pair<Scope, std::string>;                                // scope and id
using InCollection = std::tuple<Scope, std::string, std::string>;               // scope, collection, id
using TokenKey = std::tuple<Scope, std::string, std::string>;                   // scope, operation, token
using RejectedPair = std::tuple<Scope, std::string, std::string, std::string>;  // scope, collection, subject, face

struct MemorySubject {
  std::optional<std::string> user_id;
  std::uint64_t changed = 0;  // the collection's generation when its faces changed last
};

struct MemoryStore::State {
  std::map<MemoryKey, AccessKey> access_keys;
  std::map<MemoryKey, PolicyDocument> policies;
  std::map<MemoryKey, Collection> collections;
  std::map<MemoryKey, std::uint64_t> generations;           // of the collections
  std::map<MemoryKey, std::vector<std::uint64_t>> deleted;  // collections that are to be purged: their slots
  std::map<MemoryKey, Tags> tags;                           // an entry for each resource, empty or not
  std::map<InCollection, User> users;                       // by user id
  std::map<InCollection, MemorySubject> subjects;           // by subject id, users' and others
  std::map<InCollection, Face> faces;                       // by face id, without user ids
  std::map<RejectedPair, Rejection> rejections;             // without user ids
  std::set<std::uint64_t> slots_to_wipe;
  std::uint64_t last_user_number = 0;
  std::map<TokenKey, Idempotency> tokens;
  std::map<std::uint64_t, OutboxEntry> outbox;
  std::uint64_t last_sequence = 0;
  std::map<MemoryKey, Bytes> settings;

  [[nodiscard]] Result<std::optional<std::string>> seen(const TokenKey& key, const Digest& parameters_hash,
                                                        Time now) const {
    const auto found = tokens.find(key);
    if (found == tokens.end() || found->second.expires_at <= now) return std::optional<std::string>();
    if (found->second.parameters_hash != parameters_hash) {
      return Error(ErrorKind::idempotency_mismatch, "the token was used before with other parameters");
    }
    return std::optional<std::string>(found->second.response);
  }
  [[nodiscard]] Result<void> require_collection(const Scope& scope, std::string_view id) const {
    if (!collections.contains({scope, std::string(id)})) return missing("collection", id);
    return {};
  }
  [[nodiscard]] Result<void> reassign(const Scope& scope, std::string_view collection,
                                      const Reassignment& reassignment);
  [[nodiscard]] Result<void> move_face(const Scope& scope, std::string_view collection, const FaceMove& move,
                                       std::uint64_t generation);
  // A subject that a face has left: ends if it is no user's and has no more.
  void end_if_empty(const Scope& scope, std::string_view collection, std::string_view subject,
                    std::uint64_t generation);
  void end_subject(const Scope& scope, std::string_view collection, std::string_view subject);
  // A rejection, and a face, as they are read.
  [[nodiscard]] Rejection read(const Scope& scope, std::string_view collection, const Rejection& rejection) const {
    Rejection copy = rejection;
    const auto subject = subjects.find(InCollection(scope, collection, rejection.subject_id));
    if (subject != subjects.end()) copy.user_id = subject->second.user_id;
    return copy;
  }
  [[nodiscard]] Face read(const Scope& scope, std::string_view collection, const Face& face) const {
    Face copy = face;
    const auto subject = subjects.find(InCollection(scope, collection, face.subject_id));
    if (subject != subjects.end()) copy.user_id = subject->second.user_id;
    return copy;
  }
};

// The records of one collection in a map by InCollection, with ids after `after`: `visit(record)` until it gives false.
template <typename Record, typename Visit>
void visit_collection(const std::map<InCollection, Record>& records, const Scope& scope, std::string_view collection,
                      std::string_view after, Visit&& visit) {
  for (auto it = records.upper_bound(InCollection(scope, collection, after)); it != records.end(); ++it) {
    if (std::get<0>(it->first) != scope || std::get<1>(it->first) != collection) return;
    if (!visit(it->second)) return;
  }
}

}  // namespace likeness::store

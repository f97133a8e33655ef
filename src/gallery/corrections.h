// What people correct: "this is not that person", one user that is two people, two users that are one.
//
// Thread rule: thread-safe; what changes one collection's users goes one after the other. What the constructor is given
// must outlive it. Calls block until the change is on disk.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gallery/caller.h"
#include "gallery/faces.h"
#include "store/store.h"

namespace likeness::gallery {

// Whom a face was taken for: a user, or the person of another face. Exactly one of the two.
struct TakenFor {
  std::optional<std::string> user_id;
  std::optional<std::string> face_id;
};

// Which rejections are listed; both absent: all of the collection.
struct RejectionFilter {
  std::optional<std::string> user_id;
  std::optional<std::string> face_id;
};

class Corrections {
 public:
  explicit Corrections(const FaceServices& services) : services_(services) {}

  // The face is no picture of that person: no search answers the one for the other from now on (gallery/rejected.h).
  // What was rejected already stays. Errors: not_found (the collection, the face, the user), invalid_argument (the face
  // is that person's own: disassociate it first), service_quota (most_rejections), idempotency_mismatch, the store's.
  [[nodiscard]] Result<store::Applied> reject(const Caller& caller, std::string_view collection,
                                              std::string_view face_id, const TakenFor& taken_for,
                                              const std::optional<store::Idempotency>& once) const;
  // The rejection was a mistake. Errors: not_found (also: there is no such rejection), idempotency_mismatch, the
  // store's.
  [[nodiscard]] Result<store::Applied> retract(const Caller& caller, std::string_view collection,
                                               std::string_view face_id, const TakenFor& taken_for,
                                               const std::optional<store::Idempotency>& once) const;
  // At most `limit` (1 to store::limits::page), by subject and face, after `after`. Errors: not_found (the collection,
  // the user), the store's.
  [[nodiscard]] Result<std::vector<store::Rejection>> list(const store::Scope& scope, std::string_view collection,
                                                           const RejectionFilter& filter,
                                                           const store::RejectionKey& after, std::size_t limit) const;
  // Those faces of the user become a new user's. Errors: not_found (the collection, the user), invalid_argument (a face
  // is not the user's), already_exists (the new user), idempotency_mismatch, overloaded, the store's.
  [[nodiscard]] Result<store::Applied> split(const Caller& caller, std::string_view collection, std::string_view user,
                                             const std::vector<std::string>& face_ids, std::string_view new_user,
                                             const std::optional<store::Idempotency>& once) const;
  // All faces of `ended` become `kept`'s, and `ended` ends. What was rejected for either is rejected for `kept`.
  // Errors: not_found (the collection, a user), invalid_argument (both are the same user), service_quota (more than 100
  // faces together), idempotency_mismatch, overloaded, the store's.
  [[nodiscard]] Result<store::Applied> merge(const Caller& caller, std::string_view collection, std::string_view kept,
                                             std::string_view ended,
                                             const std::optional<store::Idempotency>& once) const;

 private:
  [[nodiscard]] Result<std::string> subject_of(const store::Scope& scope, std::string_view collection,
                                               const TakenFor& taken_for) const;
  // An answer that was given before under this token. Absent without token and for a new one.
  [[nodiscard]] Result<std::optional<std::string>> earlier(const store::Scope& scope,
                                                           const std::optional<store::Idempotency>& once) const;

  const FaceServices services_;
};

}  // namespace likeness::gallery

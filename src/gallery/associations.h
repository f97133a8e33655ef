// Which faces are a user's: Rekognition's AssociateFaces, DisassociateFaces and DeleteUser.
//
// A face that is associated leaves the subject that it had of its own for the user's; one that is disassociated gets a
// subject of its own again. The user's vector, by which users are searched, follows at once.
//
// Thread rule: thread-safe; what changes one collection's users goes one after the other. What the constructor is given
// must outlive it. Calls block until the change is on disk.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/calibration.h"
#include "gallery/caller.h"
#include "gallery/faces.h"
#include "store/store.h"

namespace likeness::gallery {

enum class NotAssociated { face_not_found, of_another_user, low_confidence };

struct UnassociatedFace {
  std::string face_id;
  std::optional<std::string> user_id;  // whose it is, of of_another_user
  std::optional<float> confidence;     // 0..100: the similarity to the user, of low_confidence
  NotAssociated reason = NotAssociated::face_not_found;
};

struct Association {
  std::vector<std::string> faces;  // associated now (or disassociated), in the order asked
  std::vector<UnassociatedFace> failures;
  store::UserStatus status = store::UserStatus::active;  // afterwards
};

// The client's token for an outcome that is about to happen: what is kept with it is the answer. Absent without token.
using OnceFor = std::function<std::optional<store::Idempotency>(const Association&)>;

struct AssociationResult {
  Association outcome;
  store::Applied applied;
};

class Associations {
 public:
  // Rekognition: 100 faces a user.
  static constexpr std::size_t most_faces = 100;

  Associations(const FaceServices& services, const embed::Calibration& calibration)
      : services_(services), calibration_(calibration) {}

  // A face that is the user's already counts as associated. If the user had faces before, one whose similarity to the
  // user's vector is below `threshold` (0..100) is refused, and so is, always, one that was rejected for the user.
  // Errors: not_found (the collection or the user), invalid_argument (the collection was made for another embedder),
  // service_quota (most_faces), idempotency_mismatch, overloaded, and those of the store.
  [[nodiscard]] Result<AssociationResult> associate(const Caller& caller, std::string_view collection,
                                                    std::string_view user, const std::vector<std::string>& face_ids,
                                                    float threshold, const OnceFor& once) const;
  // Errors: as associate().
  [[nodiscard]] Result<AssociationResult> disassociate(const Caller& caller, std::string_view collection,
                                                       std::string_view user, const std::vector<std::string>& face_ids,
                                                       const OnceFor& once) const;
  // The user ends; the faces stay, each with a subject of its own. Errors: as associate().
  [[nodiscard]] Result<store::Applied> remove_user(const Caller& caller, std::string_view collection,
                                                   std::string_view user,
                                                   const std::optional<store::Idempotency>& once) const;

 private:
  struct Plan;
  using Decide = std::function<Result<Plan>(const store::User& user)>;
  [[nodiscard]] Result<AssociationResult> change(const Caller& caller, std::string_view collection,
                                                 std::string_view user, std::string_view kind, const OnceFor& once,
                                                 CollectionIndex& index, const Decide& decide) const;
  [[nodiscard]] Result<Plan> plan_association(const store::Scope& scope, std::string_view collection,
                                              const store::User& user, const std::vector<std::string>& asked,
                                              float threshold) const;
  [[nodiscard]] Result<Plan> plan_disassociation(const store::Scope& scope, std::string_view collection,
                                                 const store::User& user, const std::vector<std::string>& asked) const;

  const FaceServices services_;
  const embed::Calibration& calibration_;
};

// Each id once, in the order asked.
[[nodiscard]] std::vector<std::string> without_repeats(const std::vector<std::string>& ids);
// The user of that id, or not_found in words that name it. Errors: those of the store.
[[nodiscard]] Result<store::User> user_in(store::Store& store, const store::Scope& scope, std::string_view collection,
                                          std::string_view id);

}  // namespace likeness::gallery

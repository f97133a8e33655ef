#include "gallery/associations.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <shared_mutex>
#include <utility>

#include "base/ids.h"
#include "gallery/ledger_detail.h"
#include "gallery/rejected.h"
#include "gallery/retry.h"
#include "gallery/user_vector.h"
#include "store/limits.h"

namespace likeness::gallery {

namespace {

float cosine(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

float sharpness_of(const store::Face& face) { return static_cast<float>(face.sharpness); }

// Precondition: not empty.
float mean_sharpness(const std::vector<store::Face>& faces) {
  double sum = 0;
  for (const store::Face& face : faces) sum += face.sharpness;
  return static_cast<float>(sum / static_cast<double>(faces.size()));
}

const store::Face* find_face(const std::vector<store::Face>& faces, std::string_view id) {
  const auto found = std::find_if(faces.begin(), faces.end(), [&](const store::Face& face) { return face.id == id; });
  return found == faces.end() ? nullptr : &*found;
}

Error too_many_faces(std::string_view user) {
  return {ErrorKind::service_quota, "The user id: " + std::string(user) + " would have more than " +
                                        std::to_string(Associations::most_faces) + " faces"};
}

Result<bool> is_rejected(store::Store& store, const store::Scope& scope, std::string_view collection,
                         const store::Face& face, std::string_view subject) {
  const std::vector<store::Rejection> rejections =
      TRY(store.rejections_of_face(scope, collection, face.id, {}, most_rejections));
  return std::any_of(rejections.begin(), rejections.end(),
                     [&](const store::Rejection& rejection) { return rejection.subject_id == subject; });
}

}  // namespace

std::vector<std::string> without_repeats(const std::vector<std::string>& ids) {
  std::vector<std::string> sorted = ids;
  std::sort(sorted.begin(), sorted.end());
  std::vector<bool> seen(sorted.size());
  std::vector<std::string> once;
  for (const std::string& id : ids) {
    const auto place = static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), id) - sorted.begin());
    if (seen[place]) continue;
    seen[place] = true;
    once.push_back(id);
  }
  return once;
}

Result<store::User> user_in(store::Store& store, const store::Scope& scope, std::string_view collection,
                            std::string_view id) {
  Result<store::User> user = store.user(scope, collection, id);
  if (user.ok() || user.error().kind != ErrorKind::not_found) return user;
  return Error(ErrorKind::not_found,
               "The user id: " + std::string(id) + " does not exist in the collection id: " + std::string(collection));
}

struct Associations::Plan {
  Association outcome;
  std::vector<store::FaceMove> moves;
};

Result<Associations::Plan> Associations::plan_association(const store::Scope& scope, std::string_view collection,
                                                          const store::User& user,
                                                          const std::vector<std::string>& asked,
                                                          float threshold) const {
  const std::vector<store::Face> own =
      TRY(services_.store.faces_of_subject(scope, collection, user.subject_id, {}, store::limits::page));
  const std::optional<std::vector<float>> average =
      user_vector(TRY(services_.vault.open_all({scope, collection}, own)));
  const std::vector<store::Face> found = TRY(services_.store.faces(scope, collection, asked));
  Plan plan;
  for (const std::string& id : asked) {
    const store::Face* face = find_face(found, id);
    if (face == nullptr) {
      plan.outcome.failures.push_back({.face_id = id, .user_id = {}, .confidence = {}});
      continue;
    }
    if (face->subject_id == user.subject_id) {
      plan.outcome.faces.push_back(id);
      continue;
    }
    if (face->user_id) {
      plan.outcome.failures.push_back(
          {.face_id = id, .user_id = face->user_id, .confidence = {}, .reason = NotAssociated::of_another_user});
      continue;
    }
    const bool rejected = TRY(is_rejected(services_.store, scope, collection, *face, user.subject_id));
    std::optional<float> similarity;
    if (average) {
      const std::vector<std::vector<float>> embedding = TRY(services_.vault.open_all({scope, collection}, {*face}));
      const float sharpness = std::max(mean_sharpness(own), sharpness_of(*face));
      similarity = embedding.empty() ? 0.0F : calibration_.similarity(cosine(embedding.front(), *average), sharpness);
    }
    if (rejected || (similarity && *similarity < threshold)) {
      plan.outcome.failures.push_back(
          {.face_id = id, .user_id = {}, .confidence = similarity, .reason = NotAssociated::low_confidence});
      continue;
    }
    plan.outcome.faces.push_back(id);
    plan.moves.push_back({.face_id = id, .from = face->subject_id, .to = user.subject_id});
  }
  if (own.size() + plan.moves.size() > most_faces) return too_many_faces(user.id);
  plan.outcome.status = own.empty() && plan.moves.empty() ? store::UserStatus::created : store::UserStatus::active;
  return plan;
}

Result<Associations::Plan> Associations::plan_disassociation(const store::Scope& scope, std::string_view collection,
                                                             const store::User& user,
                                                             const std::vector<std::string>& asked) const {
  const std::vector<store::Face> own =
      TRY(services_.store.faces_of_subject(scope, collection, user.subject_id, {}, store::limits::page));
  const std::vector<store::Face> found = TRY(services_.store.faces(scope, collection, asked));
  Plan plan;
  for (const std::string& id : asked) {
    const store::Face* face = find_face(found, id);
    if (face == nullptr) {
      plan.outcome.failures.push_back({.face_id = id, .user_id = {}, .confidence = {}});
    } else if (face->subject_id == user.subject_id) {
      plan.outcome.faces.push_back(id);
      plan.moves.push_back({.face_id = id, .from = user.subject_id, .to = random_uuid()});
    } else {
      // Of nobody is of somebody else, too: there is no other reason that Rekognition could give.
      plan.outcome.failures.push_back(
          {.face_id = id, .user_id = face->user_id, .confidence = {}, .reason = NotAssociated::of_another_user});
    }
  }
  plan.outcome.status = own.size() == plan.moves.size() ? store::UserStatus::created : store::UserStatus::active;
  return plan;
}

Result<AssociationResult> Associations::change(const Caller& caller, std::string_view collection,
                                               std::string_view user_id, std::string_view kind, const OnceFor& once,
                                               CollectionIndex& index, const Decide& decide) const {
  const std::unique_lock changing(index.changes);
  if (index.dropped) return no_collection(collection);
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const store::User user = TRY(user_in(services_.store, caller.scope, collection, user_id));
    Plan plan = TRY(decide(user));
    const store::Mutation mutation{ledger_record(kind, caller.actor, services_.clock.now(),
                                                 LedgerDetail()
                                                     .with("collection", collection)
                                                     .with("subject", user.subject_id)
                                                     .with("faces", plan.moves.size())),
                                   once(plan.outcome)};
    store::Reassignment reassignment;
    reassignment.moves = std::move(plan.moves);
    reassignment.most = most_faces;
    // What changes nothing is on record all the same, and its token is kept.
    Result<store::Applied> applied = reassignment.moves.empty()
                                         ? services_.store.append(caller.scope, mutation)
                                         : services_.store.reassign(caller.scope, collection, reassignment, mutation);
    if (applied.ok()) {
      if (!applied->replayed) TRY(services_.indexes.refresh_user(caller.scope, collection, user, index));
      return AssociationResult{std::move(plan.outcome), *std::move(applied)};
    }
    if (applied.error().kind == ErrorKind::limit_exceeded) return too_many_faces(user_id);
    if (applied.error().kind != ErrorKind::conflict) return applied.error();
  }
  return changed_by_others();
}

Result<AssociationResult> Associations::associate(const Caller& caller, std::string_view collection_id,
                                                  std::string_view user, const std::vector<std::string>& face_ids,
                                                  float threshold, const OnceFor& once) const {
  const store::Collection collection = TRY(services_.collections.get(caller.scope, collection_id));
  const std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.of(caller.scope, collection));
  const std::vector<std::string> asked = without_repeats(face_ids);
  return change(caller, collection.id, user, "faces.associate", once, *index, [&](const store::User& found) {
    return plan_association(caller.scope, collection.id, found, asked, threshold);
  });
}

Result<AssociationResult> Associations::disassociate(const Caller& caller, std::string_view collection_id,
                                                     std::string_view user, const std::vector<std::string>& face_ids,
                                                     const OnceFor& once) const {
  const store::Collection collection = TRY(services_.collections.get(caller.scope, collection_id));
  const std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.of(caller.scope, collection));
  const std::vector<std::string> asked = without_repeats(face_ids);
  return change(caller, collection.id, user, "faces.disassociate", once, *index, [&](const store::User& found) {
    return plan_disassociation(caller.scope, collection.id, found, asked);
  });
}

Result<store::Applied> Associations::remove_user(const Caller& caller, std::string_view collection_id,
                                                 std::string_view user_id,
                                                 const std::optional<store::Idempotency>& once) const {
  const store::Collection collection = TRY(services_.collections.get(caller.scope, collection_id));
  const std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.for_removal(caller.scope, collection));
  const std::unique_lock changing(index->changes);
  if (index->dropped) return no_collection(collection.id);
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const Result<store::User> user = user_in(services_.store, caller.scope, collection.id, user_id);
    LedgerDetail detail;
    detail.with("collection", collection.id);
    if (user.ok()) detail.with("subject", user->subject_id);
    const store::Mutation mutation{ledger_record("user.delete", caller.actor, services_.clock.now(), detail), once};
    if (!user.ok()) {
      // Of a call that is repeated with its token the user is gone already, and the store gives the kept answer, or
      // says that the token stands for another call.
      Result<store::Applied> again = services_.store.delete_user(caller.scope, collection.id, user_id, mutation);
      if (again.ok() || again.error().kind != ErrorKind::not_found) return again;
      return user.error();
    }
    store::Reassignment reassignment;
    for (const store::Face& face : TRY(services_.store.faces_of_subject(caller.scope, collection.id, user->subject_id,
                                                                        {}, store::limits::page))) {
      reassignment.moves.push_back({.face_id = face.id, .from = user->subject_id, .to = random_uuid()});
    }
    reassignment.removed = std::string(user_id);
    reassignment.most = most_faces;
    Result<store::Applied> applied = services_.store.reassign(caller.scope, collection.id, reassignment, mutation);
    if (applied.ok()) {
      if (!applied->replayed) (void)index->vectors().remove(vector_of_user(user->number));
      return applied;
    }
    if (applied.error().kind != ErrorKind::conflict) return applied.error();
  }
  return changed_by_others();
}

}  // namespace likeness::gallery

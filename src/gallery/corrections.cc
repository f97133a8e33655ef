#include "gallery/corrections.h"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "base/ids.h"
#include "gallery/associations.h"
#include "gallery/ledger_detail.h"
#include "gallery/rejected.h"
#include "gallery/retry.h"
#include "store/limits.h"

namespace likeness::gallery {

namespace {

Error no_face(std::string_view face, std::string_view collection) {
  return {ErrorKind::not_found,
          "The face id: " + std::string(face) + " does not exist in the collection id: " + std::string(collection)};
}

Result<store::Face> face_in(store::Store& store, const store::Scope& scope, std::string_view collection,
                            std::string_view id) {
  Result<std::vector<store::Face>> found = store.faces(scope, collection, {std::string(id)});
  if (!found.ok()) return no_collection(found.error(), collection);
  if (found->empty()) return no_face(id, collection);
  return std::move(found->front());
}

store::Applied answered_before(std::string response) { return {.sequence = 0, .replayed = std::move(response)}; }

}  // namespace

Result<std::optional<std::string>> Corrections::earlier(const store::Scope& scope,
                                                        const std::optional<store::Idempotency>& once) const {
  if (!once) return std::optional<std::string>();
  return services_.store.find_response(scope, once->operation, once->token, once->parameters_hash,
                                       services_.clock.now());
}

Result<std::string> Corrections::subject_of(const store::Scope& scope, std::string_view collection,
                                            const TakenFor& taken_for) const {
  if (taken_for.user_id) return TRY(user_in(services_.store, scope, collection, *taken_for.user_id)).subject_id;
  return TRY(face_in(services_.store, scope, collection, taken_for.face_id.value_or(""))).subject_id;
}

Result<store::Applied> Corrections::reject(const Caller& caller, std::string_view collection, std::string_view face_id,
                                           const TakenFor& taken_for,
                                           const std::optional<store::Idempotency>& once) const {
  (void)TRY(services_.collections.get(caller.scope, collection));
  if (std::optional<std::string> response = TRY(earlier(caller.scope, once))) {
    return answered_before(*std::move(response));
  }
  const store::Face face = TRY(face_in(services_.store, caller.scope, collection, face_id));
  store::Rejection rejection;
  rejection.subject_id = TRY(subject_of(caller.scope, collection, taken_for));
  rejection.face_id = face.id;
  rejection.actor = caller.actor;
  rejection.created = services_.clock.now();
  const store::Mutation mutation{
      ledger_record("match.reject", caller.actor, rejection.created,
                    LedgerDetail().with("collection", collection).with("subject", rejection.subject_id)),
      once};
  Result<store::Applied> applied =
      services_.store.reject(caller.scope, collection, rejection, most_rejections, mutation);
  if (applied.ok()) return applied;
  switch (applied.error().kind) {
    case ErrorKind::conflict:
      return Error(ErrorKind::invalid_argument, "The face id: " + std::string(face_id) +
                                                    " is that person's own; disassociate it from the user instead");
    case ErrorKind::limit_exceeded:
      return Error(ErrorKind::service_quota,
                   "A face and a person have at most " + std::to_string(most_rejections) + " rejections each");
    case ErrorKind::not_found: return no_face(face_id, collection);  // gone in between, or the other one
    default: return applied.error();
  }
}

Result<store::Applied> Corrections::retract(const Caller& caller, std::string_view collection, std::string_view face_id,
                                            const TakenFor& taken_for,
                                            const std::optional<store::Idempotency>& once) const {
  (void)TRY(services_.collections.get(caller.scope, collection));
  if (std::optional<std::string> response = TRY(earlier(caller.scope, once))) {
    return answered_before(*std::move(response));
  }
  const std::string subject = TRY(subject_of(caller.scope, collection, taken_for));
  const store::Mutation mutation{ledger_record("match.retract_rejection", caller.actor, services_.clock.now(),
                                               LedgerDetail().with("collection", collection).with("subject", subject)),
                                 once};
  Result<store::Applied> applied = services_.store.retract_rejection(
      caller.scope, collection, {.subject_id = subject, .face_id = std::string(face_id)}, mutation);
  if (applied.ok() || applied.error().kind != ErrorKind::not_found) return applied;
  return Error(ErrorKind::not_found, "The face id: " + std::string(face_id) + " was not rejected for that person");
}

Result<std::vector<store::Rejection>> Corrections::list(const store::Scope& scope, std::string_view collection,
                                                        const RejectionFilter& filter, const store::RejectionKey& after,
                                                        std::size_t limit) const {
  (void)TRY(services_.collections.get(scope, collection));
  std::string subject;
  if (filter.user_id) subject = TRY(user_in(services_.store, scope, collection, *filter.user_id)).subject_id;
  if (!filter.face_id) return services_.store.list_rejections(scope, collection, subject, after, limit);
  std::vector<store::Rejection> of_face =
      TRY(services_.store.rejections_of_face(scope, collection, *filter.face_id, after.subject_id, limit));
  if (filter.user_id) {
    std::erase_if(of_face, [&](const store::Rejection& rejection) { return rejection.subject_id != subject; });
  }
  return of_face;
}

Result<store::Applied> Corrections::split(const Caller& caller, std::string_view collection_id,
                                          std::string_view user_id, const std::vector<std::string>& face_ids,
                                          std::string_view new_user,
                                          const std::optional<store::Idempotency>& once) const {
  const store::Collection collection = TRY(services_.collections.get(caller.scope, collection_id));
  if (std::optional<std::string> response = TRY(earlier(caller.scope, once))) {
    return answered_before(*std::move(response));
  }
  const std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.of(caller.scope, collection));
  const std::unique_lock changing(index->changes);
  if (index->dropped) return no_collection(collection.id);
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const store::User user = TRY(user_in(services_.store, caller.scope, collection.id, user_id));
    store::Reassignment reassignment;
    store::User made;
    made.id = new_user;
    made.subject_id = random_uuid();
    made.status = store::UserStatus::created;
    made.created = services_.clock.now();
    const std::vector<std::string> asked = without_repeats(face_ids);
    const std::vector<store::Face> found = TRY(services_.store.faces(caller.scope, collection.id, asked));
    for (const store::Face& face : found) {
      if (face.subject_id != user.subject_id) {
        return Error(ErrorKind::invalid_argument, "The face id: " + face.id + " is not of the user id: " + user.id);
      }
      reassignment.moves.push_back({.face_id = face.id, .from = user.subject_id, .to = made.subject_id});
    }
    if (found.size() < asked.size()) {
      return Error(ErrorKind::invalid_argument,
                   "A face id does not exist in the collection id: " + collection.id + "; nothing was changed");
    }
    const store::Mutation mutation{ledger_record("user.split", caller.actor, made.created,
                                                 LedgerDetail()
                                                     .with("collection", collection.id)
                                                     .with("subject", user.subject_id)
                                                     .with("new_subject", made.subject_id)
                                                     .with("faces", found.size())),
                                   once};
    reassignment.made = std::move(made);
    reassignment.most = Associations::most_faces;
    Result<store::Applied> applied = services_.store.reassign(caller.scope, collection.id, reassignment, mutation);
    if (applied.ok()) {
      if (applied->replayed) return applied;
      TRY(services_.indexes.refresh_user(caller.scope, collection.id, user, *index));
      const store::User fresh = TRY(user_in(services_.store, caller.scope, collection.id, new_user));
      TRY(services_.indexes.refresh_user(caller.scope, collection.id, fresh, *index));
      return applied;
    }
    if (applied.error().kind == ErrorKind::already_exists) {
      return Error(ErrorKind::already_exists,
                   "The user id: " + std::string(new_user) + " already exists in the collection id: " + collection.id);
    }
    if (applied.error().kind != ErrorKind::conflict) return applied.error();
  }
  return changed_by_others();
}

Result<store::Applied> Corrections::merge(const Caller& caller, std::string_view collection_id,
                                          std::string_view kept_id, std::string_view ended_id,
                                          const std::optional<store::Idempotency>& once) const {
  const store::Collection collection = TRY(services_.collections.get(caller.scope, collection_id));
  if (std::optional<std::string> response = TRY(earlier(caller.scope, once))) {
    return answered_before(*std::move(response));
  }
  if (kept_id == ended_id) {
    return Error(ErrorKind::invalid_argument, "A user cannot be merged with itself: name two users");
  }
  const std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.of(caller.scope, collection));
  const std::unique_lock changing(index->changes);
  if (index->dropped) return no_collection(collection.id);
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const store::User kept = TRY(user_in(services_.store, caller.scope, collection.id, kept_id));
    const store::User ended = TRY(user_in(services_.store, caller.scope, collection.id, ended_id));
    store::Reassignment reassignment;
    for (const store::Face& face : TRY(services_.store.faces_of_subject(caller.scope, collection.id, ended.subject_id,
                                                                        {}, store::limits::page))) {
      reassignment.moves.push_back({.face_id = face.id, .from = ended.subject_id, .to = kept.subject_id});
    }
    const store::Mutation mutation{ledger_record("user.merge", caller.actor, services_.clock.now(),
                                                 LedgerDetail()
                                                     .with("collection", collection.id)
                                                     .with("subject", kept.subject_id)
                                                     .with("ended_subject", ended.subject_id)
                                                     .with("faces", reassignment.moves.size())),
                                   once};
    reassignment.removed = ended.id;
    reassignment.most = Associations::most_faces;
    Result<store::Applied> applied = services_.store.reassign(caller.scope, collection.id, reassignment, mutation);
    if (applied.ok()) {
      if (applied->replayed) return applied;
      (void)index->vectors().remove(vector_of_user(ended.number));
      TRY(services_.indexes.refresh_user(caller.scope, collection.id, kept, *index));
      return applied;
    }
    if (applied.error().kind == ErrorKind::limit_exceeded) {
      return Error(ErrorKind::service_quota,
                   "The users would have more than " + std::to_string(Associations::most_faces) + " faces together");
    }
    if (applied.error().kind != ErrorKind::conflict) return applied.error();
  }
  return changed_by_others();
}

}  // namespace likeness::gallery

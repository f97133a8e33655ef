#include "gallery/rejected.h"

#include <algorithm>
#include <string>

#include "store/limits.h"

namespace likeness::gallery {

namespace {

struct Place {
  store::Store& store;
  const store::Scope& scope;
  std::string_view collection;
};

void sort_once(std::vector<match::VectorId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

// A subject's faces, and its own vector if it is a user.
Result<void> add_subject(const Place& place, const store::Rejection& rejection, std::vector<match::VectorId>& ids) {
  for (const store::Face& face : TRY(place.store.faces_of_subject(place.scope, place.collection, rejection.subject_id,
                                                                  {}, store::limits::page))) {
    ids.push_back(vector_of_face(face.key_slot));
  }
  if (!rejection.user_id) return {};
  const Result<store::User> user = place.store.user(place.scope, place.collection, *rejection.user_id);
  if (user.ok()) {
    ids.push_back(vector_of_user(user->number));
  } else if (user.error().kind != ErrorKind::not_found) {  // it ended since
    return user.error();
  }
  return {};
}

// The faces that were rejected for a subject.
Result<std::vector<store::Face>> faces_rejected_for(const Place& place, std::string_view subject) {
  std::vector<std::string> ids;
  for (const store::Rejection& rejection :
       TRY(place.store.list_rejections(place.scope, place.collection, subject, {}, most_rejections))) {
    ids.push_back(rejection.face_id);
  }
  if (ids.empty()) return std::vector<store::Face>();
  return place.store.faces(place.scope, place.collection, ids);
}

Result<void> add_rejections_of(const Place& place, std::string_view face_id, std::vector<match::VectorId>& ids) {
  for (const store::Rejection& rejection :
       TRY(place.store.rejections_of_face(place.scope, place.collection, face_id, {}, most_rejections))) {
    TRY(add_subject(place, rejection, ids));
  }
  return {};
}

}  // namespace

Result<std::vector<match::VectorId>> rejected_for_face(store::Store& store, const store::Scope& scope,
                                                       std::string_view collection, const store::Face& face) {
  const Place place{store, scope, collection};
  std::vector<match::VectorId> ids;
  TRY(add_rejections_of(place, face.id, ids));
  for (const store::Face& other : TRY(faces_rejected_for(place, face.subject_id))) {
    ids.push_back(vector_of_face(other.key_slot));
  }
  sort_once(ids);
  return ids;
}

Result<std::vector<match::VectorId>> rejected_for_user(store::Store& store, const store::Scope& scope,
                                                       std::string_view collection, const store::User& user) {
  const Place place{store, scope, collection};
  std::vector<match::VectorId> ids;
  for (const store::Face& face :
       TRY(store.faces_of_subject(scope, collection, user.subject_id, {}, store::limits::page))) {
    TRY(add_rejections_of(place, face.id, ids));
  }
  for (const store::Face& other : TRY(faces_rejected_for(place, user.subject_id))) {
    if (!other.user_id) continue;
    const Result<store::User> rejected = store.user(scope, collection, *other.user_id);
    if (rejected.ok()) {
      ids.push_back(vector_of_user(rejected->number));
    } else if (rejected.error().kind != ErrorKind::not_found) {
      return rejected.error();
    }
  }
  sort_once(ids);
  return ids;
}

}  // namespace likeness::gallery

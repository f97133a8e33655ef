// MemoryStore: users and faces, and whose they are.
#include <algorithm>
#include <iterator>
#include <utility>

#include "store/failures.h"
#include "store/memory/memory_state.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

using FaceList = std::vector<Face>;

std::size_t faces_of(const std::map<InCollection, Face>& faces, const Scope& scope, std::string_view collection,
                     std::string_view subject) {
  std::size_t count = 0;
  visit_collection(faces, scope, collection, {}, [&](const Face& face) {
    if (face.subject_id == subject) ++count;
    return true;
  });
  return count;
}

Error no_user_or_collection(bool collection_is_there, std::string_view collection, std::string_view id) {
  return collection_is_there ? missing("user", id) : missing("collection", collection);
}

}  // namespace

Result<Applied> MemoryStore::create_user(const Scope& scope, std::string_view collection, const User& user,
                                         const Mutation& mutation) {
  TRY(validate(user));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    TRY(state.require_collection(scope, collection));
    if (state.users.contains(InCollection(scope, collection, user.id)) ||
        state.subjects.contains(InCollection(scope, collection, user.subject_id))) {
      return present("user", user.id);
    }
    User made = user;
    made.number = ++state.last_user_number;
    state.users.emplace(InCollection(scope, collection, user.id), made);
    state.subjects.emplace(InCollection(scope, collection, user.subject_id), MemorySubject{user.id, 0});
    return {};
  });
}

Result<Applied> MemoryStore::set_user_status(const Scope& scope, std::string_view collection, std::string_view id,
                                             UserStatus status, const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const auto found = state.users.find(InCollection(scope, collection, id));
    if (found == state.users.end()) return missing("user", id);
    found->second.status = status;
    return {};
  });
}

Result<Applied> MemoryStore::delete_user(const Scope& scope, std::string_view collection, std::string_view id,
                                         const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    const auto found = state.users.find(InCollection(scope, collection, id));
    if (found == state.users.end()) return missing("user", id);
    const std::string subject = found->second.subject_id;
    if (faces_of(state.faces, scope, collection, subject) > 0) return changed_since();
    state.users.erase(found);
    state.subjects.erase(InCollection(scope, collection, subject));
    std::erase_if(state.rejections, [&](const auto& entry) {
      return entry.first == RejectedPair(scope, collection, subject, std::get<3>(entry.first));
    });
    return {};
  });
}

Result<User> MemoryStore::user(const Scope& scope, std::string_view collection, std::string_view id) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  const auto found = state_->users.find(InCollection(scope, collection, id));
  if (found == state_->users.end()) {
    return no_user_or_collection(state_->collections.contains({scope, std::string(collection)}), collection, id);
  }
  return found->second;
}

Result<std::vector<User>> MemoryStore::list_users(const Scope& scope, std::string_view collection,
                                                  std::string_view after, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  std::vector<User> page;
  visit_collection(state.users, scope, collection, after, [&](const User& user) {
    page.push_back(user);
    return page.size() < limit;
  });
  return page;
}

Result<std::vector<User>> MemoryStore::numbered_users(const Scope& scope, std::string_view collection,
                                                      const std::vector<std::uint64_t>& numbers) {
  TRY(validate(scope));
  TRY(validate_list(numbers.size(), true, "numbers"));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  std::vector<User> found;
  for (const std::uint64_t number : numbers) {
    visit_collection(state.users, scope, collection, {}, [&](const User& user) {
      if (user.number == number) found.push_back(user);
      return user.number != number;
    });
  }
  return found;
}

Result<std::vector<User>> MemoryStore::changed_users(const Scope& scope, std::string_view collection,
                                                     std::uint64_t generation, std::uint64_t after, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  std::vector<User> changed;
  visit_collection(state.users, scope, collection, {}, [&](const User& user) {
    const MemorySubject& subject = state.subjects.at(InCollection(scope, collection, user.subject_id));
    if (user.number > after && subject.changed > generation) changed.push_back(user);
    return true;
  });
  std::sort(changed.begin(), changed.end(), [](const User& a, const User& b) { return a.number < b.number; });
  if (changed.size() > limit) changed.resize(limit);
  return changed;
}

Result<Applied> MemoryStore::add_faces(const Scope& scope, std::string_view collection, const FaceAddition& addition,
                                       const Mutation& mutation) {
  TRY(validate(addition));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    TRY(state.require_collection(scope, collection));
    std::set<Digest> pictures;
    std::set<std::string_view> ids;
    std::set<std::string_view> subjects;
    std::set<std::uint64_t> slots;
    for (const Face& face : addition.faces) {
      pictures.insert(face.picture_hash);
      if (state.faces.contains(InCollection(scope, collection, face.id)) ||
          state.subjects.contains(InCollection(scope, collection, face.subject_id)) || !ids.insert(face.id).second ||
          !subjects.insert(face.subject_id).second || !slots.insert(face.key_slot).second) {
        return present("face", face.id);
      }
    }
    std::uint64_t known = 0;
    std::uint64_t count = addition.faces.size();
    for (const auto& [where, left] : state.deleted) {
      for (const std::uint64_t slot : left) {
        if (slots.contains(slot)) return present("key slot", std::to_string(slot));
      }
    }
    for (const auto& [where, face] : state.faces) {
      if (slots.contains(face.key_slot)) return present("key slot", std::to_string(face.key_slot));
      if (std::get<0>(where) != scope || std::get<1>(where) != collection) continue;
      ++count;
      if (pictures.contains(face.picture_hash)) ++known;
    }
    if (known != addition.known_of_pictures) return changed_since();
    if (count > addition.most) return too_many("faces in the collection", addition.most);
    const std::uint64_t generation = ++state.generations.at({scope, std::string(collection)});
    for (const Face& face : addition.faces) {
      state.faces.emplace(InCollection(scope, collection, face.id), face);
      state.subjects.emplace(InCollection(scope, collection, face.subject_id), MemorySubject{std::nullopt, generation});
    }
    return {};
  });
}

Result<Applied> MemoryStore::remove_faces(const Scope& scope, std::string_view collection,
                                          const std::vector<Face>& faces, const Mutation& mutation) {
  TRY(validate_list(faces.size(), false, "faces"));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    TRY(state.require_collection(scope, collection));
    std::set<std::string_view> ids;
    for (const Face& face : faces) {
      const auto found = state.faces.find(InCollection(scope, collection, face.id));
      if (found == state.faces.end() || found->second.subject_id != face.subject_id || !ids.insert(face.id).second) {
        return changed_since();
      }
    }
    const std::uint64_t generation = ++state.generations.at({scope, std::string(collection)});
    for (const Face& face : faces) {
      const auto found = state.faces.find(InCollection(scope, collection, face.id));
      state.slots_to_wipe.insert(found->second.key_slot);
      state.faces.erase(found);
      state.end_if_empty(scope, collection, face.subject_id, generation);
      std::erase_if(state.rejections, [&](const auto& entry) {
        return entry.first == RejectedPair(scope, collection, std::get<2>(entry.first), face.id);
      });
    }
    return {};
  });
}

Result<Applied> MemoryStore::reassign(const Scope& scope, std::string_view collection, const Reassignment& reassignment,
                                      const Mutation& mutation) {
  TRY(validate(reassignment));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    TRY(state.require_collection(scope, collection));
    State copy = state;  // so that a change that fails half way has changed nothing
    TRY(copy.reassign(scope, collection, reassignment));
    state = std::move(copy);
    return {};
  });
}

// Users made, faces moved, users removed: in this order.
Result<void> MemoryStore::State::reassign(const Scope& scope, std::string_view collection,
                                          const Reassignment& reassignment) {
  if (reassignment.made) {
    const User& made = *reassignment.made;
    if (users.contains(InCollection(scope, collection, made.id)) ||
        subjects.contains(InCollection(scope, collection, made.subject_id))) {
      return present("user", made.id);
    }
    User numbered = made;
    numbered.number = ++last_user_number;
    users.emplace(InCollection(scope, collection, made.id), numbered);
    subjects.emplace(InCollection(scope, collection, made.subject_id), MemorySubject{made.id, 0});
  }
  const std::uint64_t generation = ++generations.at({scope, std::string(collection)});
  for (const FaceMove& move : reassignment.moves) {
    TRY(move_face(scope, collection, move, generation));
  }
  for (const FaceMove& move : reassignment.moves) {
    if (faces_of(faces, scope, collection, move.to) > reassignment.most) {
      return too_many("faces of a subject", reassignment.most);
    }
  }
  if (!reassignment.removed) return {};
  const auto removed = users.find(InCollection(scope, collection, *reassignment.removed));
  if (removed == users.end()) return changed_since();
  const std::string subject = removed->second.subject_id;
  if (faces_of(faces, scope, collection, subject) > 0) return changed_since();
  users.erase(removed);
  end_subject(scope, collection, subject);
  return {};
}

Result<void> MemoryStore::State::move_face(const Scope& scope, std::string_view collection, const FaceMove& move,
                                           std::uint64_t generation) {
  const auto face = faces.find(InCollection(scope, collection, move.face_id));
  if (face == faces.end() || face->second.subject_id != move.from) return changed_since();
  const auto to = subjects.find(InCollection(scope, collection, move.to));
  const bool fresh = to == subjects.end();
  if (!fresh && !to->second.user_id) return changed_since();
  if (fresh) subjects.emplace(InCollection(scope, collection, move.to), MemorySubject{});
  subjects.at(InCollection(scope, collection, move.to)).changed = generation;
  face->second.subject_id = move.to;
  // What was rejected of the subject that the face leaves is rejected of the one that takes it, but its own faces.
  std::vector<Rejection> inherited;
  for (const auto& [where, rejection] : rejections) {
    if (where != RejectedPair(scope, collection, move.from, rejection.face_id)) continue;
    const Face& rejected = faces.at(InCollection(scope, collection, rejection.face_id));
    if (rejected.subject_id != move.to) inherited.push_back(rejection);
  }
  for (Rejection& rejection : inherited) {
    rejection.subject_id = move.to;
    rejections.emplace(RejectedPair(scope, collection, move.to, rejection.face_id), rejection);
  }
  // A face is no stranger to the subject that it belongs to now.
  rejections.erase(RejectedPair(scope, collection, move.to, move.face_id));
  end_if_empty(scope, collection, move.from, generation);
  if (const auto& user_id = subjects.at(InCollection(scope, collection, move.to)).user_id) {
    users.at(InCollection(scope, collection, *user_id)).status = UserStatus::active;
  }
  return {};
}

void MemoryStore::State::end_if_empty(const Scope& scope, std::string_view collection, std::string_view subject,
                                      std::uint64_t generation) {
  const auto found = subjects.find(InCollection(scope, collection, subject));
  if (found == subjects.end()) return;
  const bool empty = faces_of(faces, scope, collection, subject) == 0;
  if (!found->second.user_id) {
    if (empty) end_subject(scope, collection, subject);
    return;
  }
  found->second.changed = generation;
  if (empty) users.at(InCollection(scope, collection, *found->second.user_id)).status = UserStatus::created;
}

void MemoryStore::State::end_subject(const Scope& scope, std::string_view collection, std::string_view subject) {
  subjects.erase(InCollection(scope, collection, subject));
  std::erase_if(rejections, [&](const auto& entry) {
    return entry.first == RejectedPair(scope, collection, subject, std::get<3>(entry.first));
  });
}

Result<FaceList> MemoryStore::faces(const Scope& scope, std::string_view collection,
                                    const std::vector<std::string>& ids) {
  TRY(validate(scope));
  TRY(validate_list(ids.size(), true, "ids"));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  FaceList found;
  for (const std::string& id : ids) {
    const auto face = state.faces.find(InCollection(scope, collection, id));
    if (face != state.faces.end()) found.push_back(state.read(scope, collection, face->second));
  }
  return found;
}

Result<FaceList> MemoryStore::faces_in_slots(const Scope& scope, std::string_view collection,
                                             const std::vector<std::uint64_t>& slots) {
  TRY(validate(scope));
  TRY(validate_list(slots.size(), true, "key slots"));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  FaceList found;
  for (const std::uint64_t slot : slots) {
    visit_collection(state.faces, scope, collection, {}, [&](const Face& face) {
      if (face.key_slot == slot) found.push_back(state.read(scope, collection, face));
      return face.key_slot != slot;
    });
  }
  return found;
}

Result<FaceList> MemoryStore::faces_of_picture(const Scope& scope, std::string_view collection,
                                               const Digest& picture_hash) {
  TRY(validate(scope));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  FaceList found;
  visit_collection(state.faces, scope, collection, {}, [&](const Face& face) {
    if (face.picture_hash == picture_hash) found.push_back(state.read(scope, collection, face));
    return found.size() < limits::page;
  });
  return found;
}

Result<FaceList> MemoryStore::faces_of_subject(const Scope& scope, std::string_view collection,
                                               std::string_view subject, std::string_view after, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  FaceList found;
  visit_collection(state.faces, scope, collection, after, [&](const Face& face) {
    if (face.subject_id == subject) found.push_back(state.read(scope, collection, face));
    return found.size() < limit;
  });
  return found;
}

Result<std::vector<double>> MemoryStore::mean_sharpness(const Scope& scope, std::string_view collection,
                                                        const std::vector<std::string>& subjects) {
  TRY(validate(scope));
  TRY(validate_list(subjects.size(), true, "subjects"));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  std::vector<double> means;
  means.reserve(subjects.size());
  for (const std::string& subject : subjects) {
    double sum = 0;
    double count = 0;
    visit_collection(state.faces, scope, collection, {}, [&](const Face& face) {
      if (face.subject_id == subject) {
        sum += face.sharpness;
        count += 1;
      }
      return true;
    });
    means.push_back(count > 0 ? sum / count : 100);
  }
  return means;
}

Result<FaceList> MemoryStore::list_faces(const Scope& scope, std::string_view collection, std::string_view after,
                                         std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  FaceList found;
  visit_collection(state.faces, scope, collection, after, [&](const Face& face) {
    found.push_back(state.read(scope, collection, face));
    found.back().sealed_template.clear();
    return found.size() < limit;
  });
  return found;
}

Result<std::vector<FaceTemplate>> MemoryStore::templates(const Scope& scope, std::string_view collection,
                                                         std::uint64_t from, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  const State& state = *state_;
  TRY(state.require_collection(scope, collection));
  std::map<std::uint64_t, FaceTemplate> by_slot;
  visit_collection(state.faces, scope, collection, {}, [&](const Face& face) {
    if (face.key_slot >= from) by_slot[face.key_slot] = {face.key_slot, face.id, face.sealed_template};
    return true;
  });
  std::vector<FaceTemplate> page;
  for (auto& [slot, entry] : by_slot) {
    if (page.size() < limit) page.push_back(std::move(entry));
  }
  return page;
}

Result<std::vector<std::uint64_t>> MemoryStore::slots(const Scope& scope, std::string_view collection,
                                                      std::uint64_t from, std::size_t limit) {
  std::vector<std::uint64_t> slots;
  for (const FaceTemplate& entry : TRY(templates(scope, collection, from, limit))) slots.push_back(entry.key_slot);
  return slots;
}

}  // namespace likeness::store

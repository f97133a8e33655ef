// MemoryStore: what was rejected, and what is to be wiped.
#include <algorithm>

#include "store/failures.h"
#include "store/memory/memory_state.h"
#include "store/validate.h"

namespace likeness::store {

Result<Applied> MemoryStore::reject(const Scope& scope, std::string_view collection, const Rejection& rejection,
                                    std::size_t most, const Mutation& mutation) {
  TRY(validate(rejection));
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    TRY(state.require_collection(scope, collection));
    if (!state.subjects.contains(InCollection(scope, collection, rejection.subject_id))) {
      return missing("subject", rejection.subject_id);
    }
    const auto face = state.faces.find(InCollection(scope, collection, rejection.face_id));
    if (face == state.faces.end()) return missing("face", rejection.face_id);
    if (face->second.subject_id == rejection.subject_id) return changed_since();
    const RejectedPair key(scope, collection, rejection.subject_id, rejection.face_id);
    if (state.rejections.contains(key)) return {};
    std::size_t of_subject = 0;
    std::size_t of_face = 0;
    for (const auto& [where, other] : state.rejections) {
      if (std::get<0>(where) != scope || std::get<1>(where) != collection) continue;
      if (other.subject_id == rejection.subject_id) ++of_subject;
      if (other.face_id == rejection.face_id) ++of_face;
    }
    if (std::max(of_subject, of_face) >= most) return too_many("rejections", most);
    Rejection stored = rejection;
    stored.user_id.reset();
    state.rejections.emplace(key, stored);
    return {};
  });
}

Result<Applied> MemoryStore::retract_rejection(const Scope& scope, std::string_view collection, const RejectionKey& key,
                                               const Mutation& mutation) {
  return apply(scope, mutation, [&](State& state) -> Result<void> {
    if (state.rejections.erase(RejectedPair(scope, collection, key.subject_id, key.face_id)) == 0) {
      return missing("rejection of the face", key.face_id);
    }
    return {};
  });
}

Result<std::vector<Rejection>> MemoryStore::list_rejections(const Scope& scope, std::string_view collection,
                                                            std::string_view subject, const RejectionKey& after,
                                                            std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  TRY(state_->require_collection(scope, collection));
  std::vector<Rejection> page;
  for (const auto& [where, rejection] : state_->rejections) {
    if (page.size() == limit) break;
    if (std::get<0>(where) != scope || std::get<1>(where) != collection) continue;
    if (!subject.empty() && rejection.subject_id != subject) continue;
    if (std::pair(rejection.subject_id, rejection.face_id) <= std::pair(after.subject_id, after.face_id)) continue;
    page.push_back(state_->read(scope, collection, rejection));
  }
  return page;
}

Result<std::vector<Rejection>> MemoryStore::rejections_of_face(const Scope& scope, std::string_view collection,
                                                               std::string_view face, std::string_view after_subject,
                                                               std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  TRY(state_->require_collection(scope, collection));
  std::vector<Rejection> page;
  for (const auto& [where, rejection] : state_->rejections) {
    if (page.size() == limit) break;
    if (std::get<0>(where) != scope || std::get<1>(where) != collection) continue;
    if (rejection.face_id != face || rejection.subject_id <= after_subject) continue;
    page.push_back(state_->read(scope, collection, rejection));
  }
  return page;
}

Result<std::vector<std::uint64_t>> MemoryStore::slots_to_wipe(std::uint64_t from, std::size_t limit) {
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  std::vector<std::uint64_t> page;
  for (auto it = state_->slots_to_wipe.lower_bound(from); it != state_->slots_to_wipe.end() && page.size() < limit;
       ++it) {
    page.push_back(*it);
  }
  return page;
}

Result<void> MemoryStore::forget_wiped(const std::vector<std::uint64_t>& slots) {
  const MutexLock lock(mutex_);
  for (const std::uint64_t slot : slots) state_->slots_to_wipe.erase(slot);
  return {};
}

Result<std::vector<std::uint64_t>> MemoryStore::slots_of_deleted(const Scope& scope, std::string_view collection,
                                                                 std::uint64_t from, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  const MutexLock lock(mutex_);
  const auto found = state_->deleted.find({scope, std::string(collection)});
  if (found == state_->deleted.end()) return std::vector<std::uint64_t>();
  std::vector<std::uint64_t> slots = found->second;
  std::erase_if(slots, [&](std::uint64_t slot) { return slot < from; });
  std::sort(slots.begin(), slots.end());
  if (slots.size() > limit) slots.resize(limit);
  return slots;
}

Result<std::vector<std::uint64_t>> MemoryStore::slots_in_use() {
  const MutexLock lock(mutex_);
  std::vector<std::uint64_t> slots;
  for (const auto& [where, face] : state_->faces) slots.push_back(face.key_slot);
  for (const auto& [where, left] : state_->deleted) slots.insert(slots.end(), left.begin(), left.end());
  std::sort(slots.begin(), slots.end());
  return slots;
}

}  // namespace likeness::store

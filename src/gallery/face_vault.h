// The templates of faces: embeddings, each encrypted under a key of its own, and the one way to make them unreadable.
//
// A template lies in the store, its key in the file of key slots (gallery/key_slots.h). Both are needed to read it, and
// only the key has to be overwritten to forget it.
//
// Thread rule: thread-safe. The key slots must outlive it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "gallery/key_slots.h"
#include "store/scope.h"
#include "store/store.h"

namespace likeness::gallery {

// Whose template: it opens in no other place.
struct FacePlace {
  const store::Scope& scope;
  std::string_view collection;
};

struct SealedTemplate {
  std::uint64_t key_slot = 0;
  Bytes bytes;
};

class FaceVault {
 public:
  explicit FaceVault(KeySlots& slots) : slots_(slots) {}

  // One template for each id, in their order. Their keys are on the disk when it returns; if the faces do not come to
  // be, the caller wipes them. Precondition: as many embeddings as ids. Errors: those of KeySlots::assign().
  [[nodiscard]] Result<std::vector<SealedTemplate>> seal(const FacePlace& place, std::span<const std::string> face_ids,
                                                         std::span<const std::vector<float>* const> embeddings);
  // The embedding, of unit length. Errors: corrupt (key or template is damaged, or wiped), unavailable.
  [[nodiscard]] Result<std::vector<float>> open(const FacePlace& place, std::string_view face_id,
                                                std::uint64_t key_slot, ByteSpan sealed) const;
  // Those of the faces whose templates can be opened, in their order. Errors: unavailable.
  [[nodiscard]] Result<std::vector<std::vector<float>>> open_all(const FacePlace& place,
                                                                 const std::vector<store::Face>& faces) const;
  // Whether the face's key is in its slot: not wiped, not damaged, not another's. Errors: unavailable.
  [[nodiscard]] Result<bool> has_key(const FacePlace& place, std::string_view face_id, std::uint64_t key_slot) const;
  // Of templates that nobody stored. When it returns, nothing can read them. Errors: unavailable: the next start does
  // it.
  [[nodiscard]] Result<void> discard(std::span<const std::uint64_t> slots);
  // Of faces that the store has removed: overwrites their keys and tells the store. When it returns, nothing can read
  // the templates. Errors: unavailable, and those of the store: what is left is done by erase_all().
  [[nodiscard]] Result<void> erase(store::Erasures& store, const std::vector<std::uint64_t>& slots);
  // The same for all faces that the store has removed and that were not erased yet.
  [[nodiscard]] Result<void> erase_all(store::Erasures& store);

  // Of a collection that was deleted, before its faces are removed: when it returns, nothing can read its templates.
  // Errors: unavailable, and those of the store: what is left is done by erase_all(), after the purge.
  [[nodiscard]] Result<void> erase_deleted(store::Erasures& store, const FacePlace& place);

  [[nodiscard]] KeySlots& slots() { return slots_; }

 private:
  [[nodiscard]] Result<void> erase_locked(store::Erasures& store, const std::vector<std::uint64_t>& slots)
      REQUIRES(erasing_);

  KeySlots& slots_;
  // From the look at what is to be wiped until the store knows that it was: a slot that was wiped, told and given to a
  // new face must not be wiped by somebody who looked before.
  Mutex erasing_;
};

}  // namespace likeness::gallery

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
#include "gallery/key_slots.h"
#include "store/scope.h"

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
  // When it returns, nothing can read what was sealed under these keys. Errors: unavailable: try again.
  [[nodiscard]] Result<void> wipe(std::span<const std::uint64_t> slots);

  [[nodiscard]] KeySlots& slots() { return slots_; }

 private:
  KeySlots& slots_;
};

}  // namespace likeness::gallery

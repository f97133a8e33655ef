#include "gallery/face_vault.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "gallery/half_floats.h"
#include "store/limits.h"

namespace likeness::gallery {

namespace {

// The same words bind the key to its slot and the template to its key.
std::string owner_of(const FacePlace& place, std::string_view face_id) {
  return place.scope.account + '/' + place.scope.region + "/collection/" + std::string(place.collection) + "/face/" +
         std::string(face_id);
}

// Those of the slots that nobody has wiped meanwhile.
Result<std::vector<std::uint64_t>> still_to_wipe(store::Erasures& store, std::vector<std::uint64_t> slots) {
  std::sort(slots.begin(), slots.end());
  std::vector<std::uint64_t> left;
  std::uint64_t from = slots.empty() ? 0 : slots.front();
  while (!slots.empty() && from <= slots.back()) {
    const std::vector<std::uint64_t> pending = TRY(store.slots_to_wipe(from, store::limits::page));
    std::set_intersection(slots.begin(), slots.end(), pending.begin(), pending.end(), std::back_inserter(left));
    if (pending.size() < store::limits::page) break;
    from = pending.back() + 1;
  }
  return left;
}

}  // namespace

Result<std::vector<SealedTemplate>> FaceVault::seal(const FacePlace& place, std::span<const std::string> face_ids,
                                                    std::span<const std::vector<float>* const> embeddings) {
  std::vector<std::string> owners;
  for (const std::string& id : face_ids) owners.push_back(owner_of(place, id));
  const std::vector<KeySlots::Assigned> assigned = TRY(slots_.assign(owners));
  std::vector<SealedTemplate> sealed;
  for (std::size_t i = 0; i < assigned.size(); ++i) {
    Bytes halves = to_half_floats(*embeddings[i]);
    sealed.push_back(
        {.key_slot = assigned[i].slot, .bytes = likeness::seal(assigned[i].key, halves, as_bytes(owners[i]))});
    likeness::wipe(halves);
  }
  return sealed;
}

Result<std::vector<float>> FaceVault::open(const FacePlace& place, std::string_view face_id, std::uint64_t key_slot,
                                           ByteSpan sealed) const {
  const std::string owner = owner_of(place, face_id);
  const SecretKey key = TRY(slots_.key(key_slot, owner));
  const SecretBytes halves = TRY(open_sealed(key, sealed, as_bytes(owner)));
  std::vector<float> embedding = from_half_floats(halves.bytes());
  // Half precision has changed the length by some 0.01 %: searches expect unit vectors.
  const float norm = std::sqrt(std::inner_product(embedding.begin(), embedding.end(), embedding.begin(), 0.0F));
  if (!(norm > 0)) return Error(ErrorKind::corrupt, "a template holds no vector");
  for (float& value : embedding) value /= norm;
  return embedding;
}

Result<std::vector<std::vector<float>>> FaceVault::open_all(const FacePlace& place,
                                                            const std::vector<store::Face>& faces) const {
  std::vector<std::vector<float>> embeddings;
  for (const store::Face& face : faces) {
    Result<std::vector<float>> embedding = open(place, face.id, face.key_slot, face.sealed_template);
    if (embedding.ok()) {
      embeddings.push_back(*std::move(embedding));
    } else if (embedding.error().kind != ErrorKind::corrupt) {
      return embedding.error();
    }
  }
  return embeddings;
}

Result<bool> FaceVault::has_key(const FacePlace& place, std::string_view face_id, std::uint64_t key_slot) const {
  const Result<SecretKey> key = slots_.key(key_slot, owner_of(place, face_id));
  if (key.ok()) return true;
  if (key.error().kind == ErrorKind::corrupt) return false;
  return key.error();
}

Result<void> FaceVault::discard(std::span<const std::uint64_t> slots) {
  TRY(slots_.wipe(slots));
  slots_.release(slots);
  return {};
}

Result<void> FaceVault::erase(store::Erasures& store, const std::vector<std::uint64_t>& slots) {
  const MutexLock lock(erasing_);
  const std::vector<std::uint64_t> left = TRY(still_to_wipe(store, slots));
  return left.empty() ? Result<void>() : erase_locked(store, left);
}

Result<void> FaceVault::erase_all(store::Erasures& store) {
  const MutexLock lock(erasing_);
  while (true) {
    const std::vector<std::uint64_t> slots = TRY(store.slots_to_wipe(0, store::limits::page));
    if (slots.empty()) return {};
    TRY(erase_locked(store, slots));
  }
}

Result<void> FaceVault::erase_deleted(store::Erasures& store, const FacePlace& place) {
  std::uint64_t from = 0;
  while (true) {
    // Looked up and overwritten under one lock: meanwhile no slot is given to another face.
    const MutexLock lock(erasing_);
    const std::vector<std::uint64_t> slots =
        TRY(store.slots_of_deleted(place.scope, place.collection, from, store::limits::page));
    TRY(slots_.wipe(slots));
    if (slots.size() < store::limits::page) return {};
    from = slots.back() + 1;
  }
}

Result<void> FaceVault::erase_locked(store::Erasures& store, const std::vector<std::uint64_t>& slots) {
  TRY(slots_.wipe(slots));
  TRY(store.forget_wiped(slots));
  slots_.release(slots);
  return {};
}

}  // namespace likeness::gallery

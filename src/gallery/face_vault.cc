#include "gallery/face_vault.h"

#include <cmath>
#include <numeric>

#include "gallery/half_floats.h"

namespace likeness::gallery {

namespace {

// The same words bind the key to its slot and the template to its key.
std::string owner_of(const FacePlace& place, std::string_view face_id) {
  return place.scope.account + '/' + place.scope.region + "/collection/" + std::string(place.collection) + "/face/" +
         std::string(face_id);
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
    sealed.push_back({.key_slot = assigned[i].slot,
                      .bytes = likeness::seal(assigned[i].key, halves, as_bytes(owners[i]))});
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

Result<void> FaceVault::wipe(std::span<const std::uint64_t> slots) { return slots_.wipe(slots); }

}  // namespace likeness::gallery

// A face with ids of its own and a sealed template, for tests: what an enrolment would have stored.
//
// Linked into tests only. Thread rule: as FaceVault.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/ids.h"
#include "gallery/face_vault.h"

namespace likeness::gallery {

// Of no picture, and a subject of its own. Its key is in the vault's slots; the store does not know it yet.
[[nodiscard]] inline store::Face sealed_face(FaceVault& vault, const FacePlace& place,
                                             const std::vector<float>& vector) {
  store::Face face;
  face.id = random_uuid();
  face.subject_id = random_uuid();
  face.image_id = random_uuid();
  face.picture_hash = sha256(as_bytes(face.id));
  face.face_model_version = "1.2";
  const std::vector<const std::vector<float>*> vectors = {&vector};
  SealedTemplate sealed = std::move(vault.seal(place, std::vector{face.id}, vectors).value().front());
  face.key_slot = sealed.key_slot;
  face.sealed_template = std::move(sealed.bytes);
  return face;
}

}  // namespace likeness::gallery

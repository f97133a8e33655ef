// Collections: made, described, listed and deleted, and the tags they carry.
//
// A collection stays with the embedding space that it was made with: its vectors are never compared with those of
// another, and a server with another embedder still lists, describes and deletes it.
//
// Thread rule: thread-safe. The store and the clock must outlive it. Calls block until the change is on disk.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/result.h"
#include "base/sealing.h"
#include "base/time.h"
#include "gallery/caller.h"
#include "store/store.h"

namespace likeness::gallery {

// What new collections are made for.
struct FaceModel {
  std::string embedding_space;  // embed::Embedder::embedding_space()
  std::string version;          // "MAJOR.MINOR"; embed::Embedder::face_model_version()
};

struct CollectionDescription {
  store::Collection collection;
  store::CollectionSize size;
};

class Collections {
 public:
  // Rekognition's TagMap holds no more, in requests and in answers, so nothing that can be listed has more.
  static constexpr std::size_t max_tags = 200;
  // The tag that declares what a new collection is for.
  static constexpr std::string_view purpose_tag = "likeness:purpose";

  // `key` seals the keys of collections.
  Collections(store::Store& store, FaceModel model, SecretKey key, const Clock& clock);

  // With a key of its own, under which what is kept of it will be hashed and encrypted, and which dies with it.
  // `resource` is the name that its tags stand under. Errors: already_exists (the id), and those of the store.
  [[nodiscard]] Result<store::Collection> create(const Caller& caller, std::string_view id, std::string_view resource,
                                                 const store::Tags& tags) const;
  // Errors: not_found, and those of the store.
  [[nodiscard]] Result<store::Collection> get(const store::Scope& scope, std::string_view id) const;
  // Errors: not_found, and those of the store.
  [[nodiscard]] Result<CollectionDescription> describe(const store::Scope& scope, std::string_view id) const;
  // At most `limit` (1 to store::limits::page) after the id `after`, in the byte order of their ids. Errors: the
  // store's.
  [[nodiscard]] Result<std::vector<store::Collection>> list(const store::Scope& scope, std::string_view after,
                                                            std::size_t limit) const;

  // Says "the same picture again" within a collection, and nothing to who does not have the collection's key:
  // HMAC-SHA-256 over the picture's bytes and the external image id. Errors: corrupt (the collection's key cannot be
  // opened).
  [[nodiscard]] Result<Digest> picture_hash(const store::Scope& scope, const store::Collection& collection,
                                            ByteSpan picture,
                                            const std::optional<std::string>& external_image_id) const;

  // Adds tags, replacing those of the same keys. Errors: not_found, service_quota (more than max_tags in all), and
  // those of the store.
  [[nodiscard]] Result<void> tag(const Caller& caller, std::string_view resource, const store::Tags& tags) const;
  // Keys that are not there are no error. Errors: not_found, and those of the store.
  [[nodiscard]] Result<void> untag(const Caller& caller, std::string_view resource,
                                   const std::vector<std::string>& keys) const;
  // Errors: not_found, and those of the store.
  [[nodiscard]] Result<store::Tags> tags(const store::Scope& scope, std::string_view resource) const;

 private:
  store::Store& store_;
  const FaceModel model_;
  const SecretKey key_;
  const Clock& clock_;
};

}  // namespace likeness::gallery

#include "gallery/collections.h"

#include <string>
#include <utility>

#include "base/bytes.h"
#include "gallery/ledger_detail.h"
#include "gallery/retry.h"

namespace likeness::gallery {

namespace {

// The store's error in words that name what the client named.
Error named(Error error, std::string_view id) {
  if (error.kind == ErrorKind::not_found) return no_collection(id);
  if (error.kind == ErrorKind::already_exists) {
    return {ErrorKind::already_exists, "The collection id: " + std::string(id) + " already exists"};
  }
  return error;
}

// Where a collection's key belongs: sealed for one collection it does not open in another.
std::string place_of(const store::Scope& scope, std::string_view id) {
  return scope.account + '/' + scope.region + "/collection/" + std::string(id);
}

Error untagged(Error error, std::string_view resource) {
  if (error.kind == ErrorKind::not_found) {
    return {ErrorKind::not_found, "The resource " + std::string(resource) + " does not exist"};
  }
  if (error.kind == ErrorKind::limit_exceeded) {
    return {ErrorKind::service_quota,
            "A resource has at most " + std::to_string(Collections::max_tags) + " tags; remove some first"};
  }
  return error;
}

}  // namespace

Collections::Collections(store::Store& store, FaceModel model, SecretKey key, const Clock& clock)
    : store_(store), model_(std::move(model)), key_(std::move(key)), clock_(clock) {}

Result<store::Collection> Collections::create(const Caller& caller, std::string_view id, std::string_view resource,
                                              const store::Tags& tags) const {
  store::Collection collection;
  collection.id = id;
  collection.resource = resource;
  collection.embedding_space = model_.embedding_space;
  collection.face_model_version = model_.version;
  if (const auto purpose = tags.find(std::string(purpose_tag)); purpose != tags.end()) {
    collection.purpose = purpose->second;
  }
  collection.wrapped_key = seal(key_, SecretKey::random().bytes(), as_bytes(place_of(caller.scope, id)));
  collection.created = clock_.now();
  const store::Mutation mutation{
      ledger_record("collection.create", caller.actor, collection.created,
                    LedgerDetail().with("collection", id).with("embedding_space", model_.embedding_space)),
      std::nullopt};
  const Result<store::Applied> applied = store_.create_collection(caller.scope, collection, tags, mutation);
  if (!applied.ok()) return named(applied.error(), id);
  return collection;
}

Result<store::Collection> Collections::get(const store::Scope& scope, std::string_view id) const {
  Result<store::Collection> collection = store_.collection(scope, id);
  if (!collection.ok()) return named(collection.error(), id);
  return collection;
}

Result<Digest> Collections::picture_hash(const store::Scope& scope, const store::Collection& collection,
                                         ByteSpan picture, const std::optional<std::string>& external_image_id) const {
  const SecretBytes key = TRY(open_sealed(key_, collection.wrapped_key, as_bytes(place_of(scope, collection.id))));
  const Digest digest = sha256(picture);
  Bytes message(digest.begin(), digest.end());
  // Absent and empty differ: an id has at least one character.
  if (external_image_id) message.insert(message.end(), external_image_id->begin(), external_image_id->end());
  return hmac_sha256(key.bytes(), message);
}

Result<CollectionDescription> Collections::describe(const store::Scope& scope, std::string_view id) const {
  CollectionDescription description;
  Result<store::Collection> collection = store_.collection(scope, id);
  if (!collection.ok()) return named(collection.error(), id);
  description.collection = *std::move(collection);
  const Result<store::CollectionSize> size = store_.collection_size(scope, id);
  if (!size.ok()) return named(size.error(), id);  // deleted since
  description.size = *size;
  return description;
}

Result<std::vector<store::Collection>> Collections::list(const store::Scope& scope, std::string_view after,
                                                         std::size_t limit) const {
  return store_.list_collections(scope, after, limit);
}

Result<void> Collections::tag(const Caller& caller, std::string_view resource, const store::Tags& tags) const {
  const store::Mutation mutation{ledger_record("resource.tag", caller.actor, clock_.now(),
                                               LedgerDetail().with("resource", resource).with("tags", tags.size())),
                                 std::nullopt};
  const Result<store::Applied> applied = store_.tag(caller.scope, resource, tags, max_tags, mutation);
  if (!applied.ok()) return untagged(applied.error(), resource);
  return {};
}

Result<void> Collections::untag(const Caller& caller, std::string_view resource,
                                const std::vector<std::string>& keys) const {
  const store::Mutation mutation{ledger_record("resource.untag", caller.actor, clock_.now(),
                                               LedgerDetail().with("resource", resource).with("tags", keys.size())),
                                 std::nullopt};
  const Result<store::Applied> applied = store_.untag(caller.scope, resource, keys, mutation);
  if (!applied.ok()) return untagged(applied.error(), resource);
  return {};
}

Result<store::Tags> Collections::tags(const store::Scope& scope, std::string_view resource) const {
  Result<store::Tags> tags = store_.tags_of(scope, resource);
  if (!tags.ok()) return untagged(tags.error(), resource);
  return tags;
}

}  // namespace likeness::gallery

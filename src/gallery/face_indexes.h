// The indexes of all collections: each built from the store when it is first asked for, or loaded from its snapshot,
// and kept equal to the store by whoever changes faces.
//
//   const auto index = TRY(indexes.of(scope, collection));
//   const std::shared_lock changing(index->changes);
//   if (index->dropped) return no_collection(id);
//
// Thread rule: thread-safe. Store, vault and logger must outlive it; so must `snapshots`, which may be null.
// Ownership: an index lives as long as somebody uses it.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "gallery/collection_index.h"
#include "gallery/face_vault.h"
#include "match/scan_helpers.h"
#include "store/store.h"

namespace likeness::gallery {

class IndexSnapshots;

struct IndexSettings {
  std::size_t dimension = 512;  // of the vectors of `embedding_space`
  std::string embedding_space = {};
  std::size_t threads = 1;                // that build an index
  std::size_t waiting_searches = 256;     // of one collection; more are refused
  match::ScanHelpers* helpers = nullptr;  // of all collections; may be null, outlives the indexes
  ThreadPool* pool = nullptr;             // whose tasks search; may be null, outlives the indexes
};

class FaceIndexes {
 public:
  FaceIndexes(store::Store& store, FaceVault& vault, IndexSnapshots* snapshots, IndexSettings settings, Logger& logger);
  ~FaceIndexes();

  // Builds it if nobody has before; others who ask meanwhile wait for it. Errors: invalid_argument (the collection was
  // made with another embedding space), and those of the store.
  [[nodiscard]] Result<std::shared_ptr<CollectionIndex>> of(const store::Scope& scope,
                                                            const store::Collection& collection);
  // The same for what only removes faces or users: it may be of another embedding space, and then has no vectors.
  [[nodiscard]] Result<std::shared_ptr<CollectionIndex>> for_removal(const store::Scope& scope,
                                                                     const store::Collection& collection);
  // As of(), for each collection of the scope that this server can search, so that no request waits for it.
  [[nodiscard]] Result<void> build_all(const store::Scope& scope);
  // After the collection was deleted. Precondition: the caller holds `changes` exclusively and has set `dropped`.
  void forget(const store::Scope& scope, std::string_view id);

  // The vector of a user's faces: their average, of unit length. Anew from the store; a user without faces has none.
  // Precondition: the caller holds `changes` exclusively. Errors: those of the store and of the vault.
  [[nodiscard]] Result<void> refresh_user(const store::Scope& scope, std::string_view collection,
                                          const store::User& user, CollectionIndex& index);

  // Writes a snapshot of each collection that has changed since its last one and has `least_faces` faces.
  void write_snapshots(std::size_t least_faces);

 private:
  struct Entry;
  using Key = std::pair<store::Scope, std::string>;

  [[nodiscard]] bool is_foreign(const store::Collection& collection) const {
    return collection.embedding_space != settings_.embedding_space;
  }
  [[nodiscard]] Result<std::shared_ptr<CollectionIndex>> build(const store::Scope& scope,
                                                               const store::Collection& collection);
  [[nodiscard]] Result<std::shared_ptr<CollectionIndex>> empty_index() const;
  [[nodiscard]] Result<void> add_faces(const store::Scope& scope, std::string_view collection, CollectionIndex& index);
  // What the store changed after a snapshot of `generation`.
  [[nodiscard]] Result<void> catch_up(const store::Scope& scope, std::string_view collection, std::uint64_t generation,
                                      CollectionIndex& index);
  [[nodiscard]] Result<void> catch_up_faces(const store::Scope& scope, std::string_view collection,
                                            const std::vector<std::uint64_t>& indexed, CollectionIndex& index);
  [[nodiscard]] Result<void> add_users(const store::Scope& scope, std::string_view collection, CollectionIndex& index);

  store::Store& store_;
  FaceVault& vault_;
  IndexSnapshots* const snapshots_;
  const IndexSettings settings_;
  Logger& logger_;
  Mutex mutex_;
  std::map<Key, std::shared_ptr<Entry>> entries_ GUARDED_BY(mutex_);
};

}  // namespace likeness::gallery

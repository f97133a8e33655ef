// A collection ends, with everything in it.
//
// Thread rule: thread-safe; what the constructor is given must outlive it. Blocks until the keys of all its faces are
// overwritten, which takes some seconds for a million faces; from its first moment on no call sees the collection.
#pragma once

#include <string_view>

#include "base/result.h"
#include "gallery/caller.h"
#include "gallery/faces.h"

namespace likeness::gallery {

class IndexSnapshots;

class CollectionDeletion {
 public:
  // `snapshots` may be null.
  CollectionDeletion(const FaceServices& services, IndexSnapshots* snapshots)
      : services_(services), snapshots_(snapshots) {}

  // Errors: not_found, unavailable (keys could not be overwritten: the next start does it), and those of the store.
  [[nodiscard]] Result<void> remove(const Caller& caller, std::string_view id) const;

 private:
  const FaceServices services_;
  IndexSnapshots* const snapshots_;
};

// Removes what deleted collections left, and overwrites the keys of all faces that were removed: what a deletion that
// was interrupted left to do. Errors: unavailable, and those of the store.
[[nodiscard]] Result<void> finish_deletions(store::Store& store, FaceVault& vault);

}  // namespace likeness::gallery

// A collection ends, with everything in it.
//
// From its first moment on no call sees the collection. Then the keys of all its faces are overwritten, and it is
// answered: nobody can read a template any more. The rows of a large collection are removed after that, in the
// background: there are many, and a client would not wait. Until they are gone no collection of that id can be made.
//
// Thread rule: thread-safe; what the constructor is given must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "gallery/caller.h"
#include "gallery/faces.h"

namespace likeness::gallery {

class IndexSnapshots;

class CollectionDeletion {
 public:
  // The rows of so many faces are removed before the answer, which takes some two seconds; those of more afterwards.
  static constexpr std::uint64_t usual_at_once = 20'000;

  // `snapshots` may be null. `finish_later` sees to it that finish_deletions() is called soon, by another thread.
  CollectionDeletion(const FaceServices& services, IndexSnapshots* snapshots, std::function<void()> finish_later,
                     std::uint64_t most_at_once = usual_at_once)
      : services_(services),
        snapshots_(snapshots),
        finish_later_(std::move(finish_later)),
        most_at_once_(most_at_once) {}

  // Errors: not_found, unavailable (keys could not be overwritten: the next start does it), and those of the store.
  [[nodiscard]] Result<void> remove(const Caller& caller, std::string_view id) const;

 private:
  const FaceServices services_;
  IndexSnapshots* const snapshots_;
  const std::function<void()> finish_later_;
  const std::uint64_t most_at_once_;
};

// Makes every template unreadable whose face was removed or whose collection was deleted: what a deletion that was
// interrupted left to do, and what must be done before a start is over. Errors: unavailable, and those of the store.
[[nodiscard]] Result<void> erase_deleted(store::Store& store, FaceVault& vault);

// That, and removes the rows of deleted collections, as long as `goes_on` says so. Errors: the same.
[[nodiscard]] Result<void> finish_deletions(store::Store& store, FaceVault& vault,
                                            const std::function<bool()>& goes_on = {});

}  // namespace likeness::gallery

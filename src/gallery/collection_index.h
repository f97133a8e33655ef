// The vectors of one collection, in memory: what a search runs on.
//
// Faces stand under the number of their key slot, users under their own number with the highest bit set. A row that was
// added with `never` answers nothing until its face is durable in the store.
//
// Thread rule: `vectors` and `search` are thread-safe; `changes` and `dropped` are explained in them.
// Ownership: shared by those who use it and the map of gallery/face_indexes.h.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "match/shared_search.h"
#include "match/vector_index.h"

namespace likeness::gallery {

inline constexpr match::Kind kind_of_faces = 0;
inline constexpr match::Kind kind_of_users = 1;
inline constexpr match::Validity never{.from = Time::max(), .until = Time::max()};

[[nodiscard]] constexpr match::VectorId vector_of_face(std::uint64_t key_slot) { return key_slot; }
[[nodiscard]] constexpr match::VectorId vector_of_user(std::uint64_t number) { return number | (1ULL << 63U); }
[[nodiscard]] constexpr std::uint64_t number_of_user(match::VectorId id) { return id & ~(1ULL << 63U); }

// The snapshot of an index that is on the disk: gallery/index_snapshots.h.
struct SnapshotOnDisk {
  std::string file;
  std::uint64_t key_slot = 0;
  std::uint64_t generation = 0;  // of the collection, that it shows
};

class CollectionIndex {
 public:
  // `waiting` and `threads`: those of match::SharedSearch.
  CollectionIndex(std::unique_ptr<match::VectorIndex> index, std::size_t waiting, match::SearchThreads threads)
      : vectors_(std::move(index)), search_(*vectors_, passes, waiting, threads) {}

  [[nodiscard]] match::VectorIndex& vectors() { return *vectors_; }
  [[nodiscard]] const match::VectorIndex& vectors() const { return *vectors_; }
  [[nodiscard]] match::SharedSearch& search() { return search_; }

  // Held from before a change of the store until it is in `vectors`: shared by additions and removals of faces, each
  // of which touches rows of its own; exclusively by what changes whose faces they are, by the writing of a snapshot
  // and by the end of the collection.
  std::shared_mutex changes;
  // Under `changes`. The collection was deleted: whoever waited for the lock must not go on.
  bool dropped = false;

  // A removal calls this before it is acknowledged: the snapshot holds the removed face's vector. `wipe` overwrites the
  // snapshot's key; whoever comes meanwhile waits for it. If it fails, the snapshot is still there, and so is its key.
  template <typename Wipe>
  Result<void> end_snapshot(Wipe&& wipe) {
    const std::lock_guard lock(snapshot_mutex_);
    if (!snapshot_) return {};
    TRY(wipe(*snapshot_));
    snapshot_.reset();
    return {};
  }
  void put_snapshot(SnapshotOnDisk snapshot) {
    const std::lock_guard lock(snapshot_mutex_);
    snapshot_ = std::move(snapshot);
  }
  [[nodiscard]] std::optional<std::uint64_t> snapshot_generation() const {
    const std::lock_guard lock(snapshot_mutex_);
    if (!snapshot_) return std::nullopt;
    return snapshot_->generation;
  }

 private:
  static constexpr std::size_t passes = 1;  // the best choice, also under requests: docs/performance.md

  const std::unique_ptr<match::VectorIndex> vectors_;
  match::SharedSearch search_;
  mutable std::mutex snapshot_mutex_;
  std::optional<SnapshotOnDisk> snapshot_;
};

}  // namespace likeness::gallery

// Snapshots of the indexes, one a collection, so that a start need not open every template.
//
//   DATA/index/HASH-SLOT.snapshot   HASH: of account, region and collection; SLOT: the key slot of its key
//
// A snapshot holds vectors, so it must end when one of them is deleted: its key lies in a key slot like a face's, and
// is overwritten before the deletion is answered (CollectionIndex::end_snapshot). The file itself is a cache: damaged,
// foreign or without its key, it is removed, and the index is built from the store. The form of the file is
// docs/index-snapshot.md.
//
// Thread rule: thread-safe for different collections; what is done with one collection is done under its
// CollectionIndex::changes, exclusively, or before it has an index. Store and vault must outlive it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "gallery/collection_index.h"
#include "gallery/key_slots.h"
#include "match/vector_index.h"
#include "store/store.h"

namespace likeness::gallery {

class IndexSnapshots {
 public:
  // `options`: of the indexes to be loaded. The folder is made when it is first needed.
  IndexSnapshots(std::filesystem::path folder, store::Store& store, KeySlots& slots, match::IndexOptions options,
                 Logger& logger);

  struct Loaded {
    std::unique_ptr<match::VectorIndex> vectors;
    SnapshotOnDisk snapshot;
  };
  // Absent if there is none that can be used; one that cannot be is removed, with a line in the log.
  [[nodiscard]] std::optional<Loaded> load(const store::Scope& scope, std::string_view collection);
  // What load() would try.
  [[nodiscard]] std::optional<SnapshotOnDisk> on_disk(const store::Scope& scope, std::string_view collection) const;
  // Replaces the one that is there; nothing if that shows the present state. Searches go on, changes wait.
  // Errors: unavailable, and those of the store.
  [[nodiscard]] Result<void> write(const store::Scope& scope, std::string_view collection, CollectionIndex& index);
  // The key first, then the file. Errors: unavailable (the key could not be overwritten).
  [[nodiscard]] Result<void> remove(const store::Scope& scope, std::string_view collection);

  // The key slots of all snapshots, rising: in use, though no face has them.
  [[nodiscard]] std::vector<std::uint64_t> slots_in_use() const;

 private:
  [[nodiscard]] std::optional<SnapshotOnDisk> find(const std::string& hash) const;

  const std::filesystem::path folder_;
  store::Store& store_;
  KeySlots& slots_;
  const match::IndexOptions options_;
  Logger& logger_;
};

}  // namespace likeness::gallery

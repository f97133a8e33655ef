// An index as a file: encrypted, checksummed, and loaded much faster than it is built from the store.
//
// A snapshot is a cache. It holds vectors, so it is encrypted in segments under a key of the caller's, is never part of
// a backup, and a damaged, cut, foreign or outdated one is refused as a whole: the caller then builds the index from
// the store. The format is docs/index-snapshot.md.
//
// Thread rule: free functions, callable from any thread; changes to the index go on beside write_snapshot(), so the
// caller reads the watermark before, and applies what the store changed after it when it loads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/sealing.h"
#include "match/vector_index.h"

namespace likeness::match {

// Writes aside, flushes to the disk, renames: the file of that name is always a whole one.
// `watermark` is the caller's: how far the store's changes are in the index at least.
// Errors: unavailable (the disk; the message names the file).
[[nodiscard]] Result<void> write_snapshot(const VectorIndex& index, const std::filesystem::path& path,
                                          const SecretKey& key, std::uint64_t watermark);

struct LoadedSnapshot {
  std::unique_ptr<VectorIndex> index;
  std::uint64_t watermark = 0;
};

// `options` say what is expected. Errors: not_found (no such file), unavailable (it cannot be read), corrupt (damaged
// or cut, written under another key, of another version, dimension or embedding space).
[[nodiscard]] Result<LoadedSnapshot> read_snapshot(const std::filesystem::path& path, const SecretKey& key,
                                                   const IndexOptions& options);

}  // namespace likeness::match

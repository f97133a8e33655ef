#include "gallery/index_snapshots.h"

#include <algorithm>
#include <charconv>
#include <shared_mutex>
#include <span>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/crypto.h"
#include "match/snapshot.h"

namespace likeness::gallery {

namespace {

constexpr std::string_view suffix = ".snapshot";
constexpr std::size_t hash_bytes = 16;  // of SHA-256, in the name of the file

std::string hash_of(const store::Scope& scope, std::string_view collection) {
  const std::string place = scope.account + '/' + scope.region + '/' + std::string(collection);
  const Digest digest = sha256(as_bytes(place));
  return to_hex(ByteSpan(digest).first(hash_bytes));
}

// Whose key it is: bound to the collection, so that files that change names open nothing.
std::string owner_of(const std::string& hash) { return "index-snapshot/" + hash; }

std::string file_name(const std::string& hash, std::uint64_t slot) {
  return hash + '-' + std::to_string(slot) + std::string(suffix);
}

// The slot in the name of a snapshot's file; absent if it is not such a name.
std::optional<std::uint64_t> slot_in(std::string_view name) {
  constexpr std::size_t before = 2 * hash_bytes + 1;
  if (name.size() <= before + suffix.size() || !name.ends_with(suffix) || name[before - 1] != '-') return std::nullopt;
  const std::string_view digits = name.substr(before, name.size() - before - suffix.size());
  std::uint64_t slot = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), slot);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return slot;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

}  // namespace

IndexSnapshots::IndexSnapshots(std::filesystem::path folder, store::Store& store, KeySlots& slots,
                               match::IndexOptions options, Logger& logger)
    : folder_(std::move(folder)), store_(store), slots_(slots), options_(std::move(options)), logger_(logger) {}

std::optional<SnapshotOnDisk> IndexSnapshots::find(const std::string& hash) const {
  for (const std::string& name : names_in(folder_)) {
    if (!name.starts_with(hash)) continue;
    if (const std::optional<std::uint64_t> slot = slot_in(name)) return SnapshotOnDisk{.file = name, .key_slot = *slot};
  }
  return std::nullopt;
}

std::optional<SnapshotOnDisk> IndexSnapshots::on_disk(const store::Scope& scope, std::string_view collection) const {
  return find(hash_of(scope, collection));
}

std::vector<std::uint64_t> IndexSnapshots::slots_in_use() const {
  std::vector<std::uint64_t> slots;
  for (const std::string& name : names_in(folder_)) {
    if (const std::optional<std::uint64_t> slot = slot_in(name)) slots.push_back(*slot);
  }
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return slots;
}

std::optional<IndexSnapshots::Loaded> IndexSnapshots::load(const store::Scope& scope, std::string_view collection) {
  const std::string hash = hash_of(scope, collection);
  std::optional<SnapshotOnDisk> found = find(hash);
  if (!found) return std::nullopt;
  const auto given_up = [&](const Error& error) -> std::optional<Loaded> {
    logger_.warning("index snapshot not used", {{"collection", collection}, {"problem", error.message}});
    (void)remove(scope, collection);
    return std::nullopt;
  };
  const Result<SecretKey> key = slots_.key(found->key_slot, owner_of(hash));
  if (!key.ok()) return given_up(key.error());
  Result<match::LoadedSnapshot> loaded = match::read_snapshot(folder_ / found->file, *key, options_);
  if (!loaded.ok()) return given_up(loaded.error());
  found->generation = loaded->watermark;
  return Loaded{.vectors = std::move(loaded->index), .snapshot = *std::move(found)};
}

Result<void> IndexSnapshots::write(const store::Scope& scope, std::string_view collection, CollectionIndex& index) {
  const std::unique_lock changing(index.changes);
  if (index.dropped) return {};
  const std::uint64_t generation = TRY(store_.collection_generation(scope, collection));
  if (index.snapshot_generation() == generation) return {};
  TRY(index.end_snapshot([&](const SnapshotOnDisk&) { return remove(scope, collection); }));
  TRY(remove(scope, collection));  // of files that a crash has left
  std::error_code failed;
  std::filesystem::create_directories(folder_, failed);
  if (failed) return Error(ErrorKind::unavailable, folder_.string() + ": cannot be made: " + failed.message());
  std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, failed);
  const std::string hash = hash_of(scope, collection);
  const std::string owner = owner_of(hash);
  std::vector<KeySlots::Assigned> assigned = TRY(slots_.assign(std::span(&owner, 1)));
  const std::uint64_t slot = assigned.front().slot;
  const std::string name = file_name(hash, slot);
  Result<void> written = match::write_snapshot(index.vectors(), folder_ / name, assigned.front().key, generation);
  if (!written.ok()) {
    TRY(slots_.wipe(std::span(&slot, 1)));
    slots_.release(std::span(&slot, 1));
    return written;
  }
  index.put_snapshot({.file = name, .key_slot = slot, .generation = generation});
  return {};
}

Result<void> IndexSnapshots::remove(const store::Scope& scope, std::string_view collection) {
  const std::string hash = hash_of(scope, collection);
  for (const std::string& name : names_in(folder_)) {
    if (!name.starts_with(hash)) continue;
    // Only a slot that holds this snapshot's key: a file that could not be removed names one that a face may have by
    // now.
    const std::optional<std::uint64_t> slot = slot_in(name);
    if (slot && slots_.key(*slot, owner_of(hash)).ok()) {
      TRY(slots_.wipe(std::span(&*slot, 1)));
      slots_.release(std::span(&*slot, 1));
    }
    std::error_code ignored;  // without its key it is noise
    std::filesystem::remove(folder_ / name, ignored);
  }
  return {};
}

}  // namespace likeness::gallery

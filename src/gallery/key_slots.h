// The file of key slots: the keys of all templates, outside the database, so that a face can be forgotten for good.
//
//   const auto slots = TRY(KeySlots::open(data / "face-keys", master.derive("face keys")));
//   const auto assigned = TRY(slots->assign(owners));   // on the disk when it returns
//   ...
//   TRY(slots->wipe(numbers));                          // overwritten, and on the disk, when it returns
//
// A database copies what it holds into its log, into free pages and into every backup; a key that lies in one place of
// one file can be overwritten in that place. Each slot holds a random key, sealed under a key of the caller's and bound
// to the slot's number and its owner. The form of the file is docs/key-slots.md.
//
// Thread rule: thread-safe; calls of many threads share one flush to the disk. Ownership: one KeySlots a file; whoever
// opens it holds the lock of the data folder.
// Errors of all: unavailable (the disk; the message names the file and what to do).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sealing.h"
#include "base/thread_annotations.h"

namespace likeness::gallery {

// What the file is written through; tests make it fail. Thread rule: beside each. Errors of all: unavailable.
class SlotFile {
 public:
  virtual ~SlotFile() = default;
  // After an error some of the bytes may have been written. Any thread.
  virtual Result<void> write(std::uint64_t offset, ByteSpan bytes) = 0;
  // Fewer bytes only at the end of the file. Any thread.
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const = 0;
  // What was written before is on the disk when it returns. After an error some of it may never get there, whatever a
  // later call says: it has to be written again. One thread at a time.
  virtual Result<void> sync() = 0;
  // Bytes. Any thread.
  [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
};

// With mode 0600; made if it is not there.
[[nodiscard]] Result<std::unique_ptr<SlotFile>> open_slot_file(const std::filesystem::path& path);

class KeySlots {
 public:
  static constexpr std::size_t slot_bytes = 64;
  static constexpr std::uint64_t most_slots = 1ULL << 32U;  // 256 GiB; far above what a server can hold

  // Errors: corrupt too (no file of ours, or of a newer Likeness).
  [[nodiscard]] static Result<std::unique_ptr<KeySlots>> open(const std::filesystem::path& path, SecretKey wrapping);
  [[nodiscard]] static Result<std::unique_ptr<KeySlots>> open(std::unique_ptr<SlotFile> file, SecretKey wrapping);
  KeySlots(const KeySlots&) = delete;
  KeySlots& operator=(const KeySlots&) = delete;
  ~KeySlots();

  struct Assigned {
    std::uint64_t slot = 0;  // from 1
    SecretKey key;
  };
  // A fresh key for each owner, in their order. Errors: service_quota too (most_slots).
  [[nodiscard]] Result<std::vector<Assigned>> assign(std::span<const std::string> owners);
  // Errors: corrupt too: the slot is empty, damaged, or another owner's.
  [[nodiscard]] Result<SecretKey> key(std::uint64_t slot, std::string_view owner) const;
  // Overwrites them with zeros, also those that are empty already. After an error some may hold their keys: try again.
  // They are given to nobody else before they are released. Precondition: none was released since its key was assigned
  // or, for slots of before this start, since the start.
  [[nodiscard]] Result<void> wipe(std::span<const std::uint64_t> slots);
  // Nothing will wipe them any more on behalf of whom they belonged to: they may be given to others.
  // Precondition: they are wiped.
  void release(std::span<const std::uint64_t> slots);
  // Wipes and releases what is not in `in_use` (rising): keys whose faces never came to be, or are gone. What is in it
  // is given to nobody, also if it is empty: its face is being removed, or is damaged. At a start, before anything is
  // assigned. How many were wiped.
  [[nodiscard]] Result<std::size_t> reclaim(std::span<const std::uint64_t> in_use);

  // Slots that hold a key or wait for their release.
  [[nodiscard]] std::size_t used() const;

 private:
  KeySlots(std::unique_ptr<SlotFile> file, SecretKey wrapping);
  [[nodiscard]] Result<void> load();
  // A flush that fails may lose all that was written since the last one that succeeded, and what others write while it
  // runs; a later one that succeeds does not bring it back. So who writes asks for the number of failures first, and
  // a flush succeeds for him only if it is still the same.
  [[nodiscard]] std::uint64_t failed_flushes();
  // Everything that was written since `failed_before` was read is on the disk. Waits for one flush, its own or another
  // thread's.
  [[nodiscard]] Result<void> flush(std::uint64_t failed_before);

  const std::unique_ptr<SlotFile> file_;
  const SecretKey wrapping_;
  mutable Mutex mutex_;
  std::vector<std::uint64_t> free_ GUARDED_BY(mutex_);  // wiped and released, the next to be given at the back
  std::vector<bool> used_ GUARDED_BY(mutex_);           // by slot; [0] is the header
  std::size_t used_count_ GUARDED_BY(mutex_) = 0;

  Mutex flushing_;
  std::condition_variable_any flushed_;
  std::uint64_t asked_ GUARDED_BY(flushing_) = 0;  // flushes that were asked for
  std::uint64_t done_ GUARDED_BY(flushing_) = 0;   // asked_ when the newest finished flush had begun
  bool running_ GUARDED_BY(flushing_) = false;
  std::uint64_t failed_ GUARDED_BY(flushing_) = 0;  // flushes that failed
  std::string failure_ GUARDED_BY(flushing_);       // of the newest of them
};

}  // namespace likeness::gallery

#include "gallery/key_slots.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "base/crypto.h"

namespace likeness::gallery {

namespace {

constexpr std::array<std::uint8_t, 8> file_magic{'L', 'K', 'S', 'L', 'O', 'T', 'S', 1};  // the last one is the version
constexpr std::array<std::uint8_t, 4> slot_magic{'L', 'K', 'K', 1};
constexpr std::size_t sealed_bytes = SecretKey::size + sealed_overhead;
static_assert(slot_magic.size() + sealed_bytes == KeySlots::slot_bytes);

constexpr std::size_t longest_run = 4096;  // slots that are overwritten at a time

using Slot = std::array<std::uint8_t, KeySlots::slot_bytes>;

// The header is the first slot: magic, the size of a slot, and a checksum over both.
Slot header() {
  Slot slot{};
  std::copy(file_magic.begin(), file_magic.end(), slot.begin());
  slot[8] = KeySlots::slot_bytes;
  const Digest digest = sha256(ByteSpan(slot).first(16));
  std::copy_n(digest.begin(), 16, slot.begin() + 16);
  return slot;
}

Bytes place_of(std::uint64_t slot, std::string_view owner) {
  const std::string place = "slot " + std::to_string(slot) + " of " + std::string(owner);
  const ByteSpan bytes = as_bytes(place);
  return {bytes.begin(), bytes.end()};
}

Error unreadable(std::uint64_t slot) {
  return {ErrorKind::corrupt, "key slot " + std::to_string(slot) +
                                  " holds no key for this face: it was wiped, is damaged, or belongs to another"};
}

}  // namespace

KeySlots::KeySlots(std::unique_ptr<SlotFile> file, SecretKey wrapping)
    : file_(std::move(file)), wrapping_(std::move(wrapping)) {}

KeySlots::~KeySlots() = default;

Result<std::unique_ptr<KeySlots>> KeySlots::open(const std::filesystem::path& path, SecretKey wrapping) {
  return open(TRY(open_slot_file(path)), std::move(wrapping));
}

Result<std::unique_ptr<KeySlots>> KeySlots::open(std::unique_ptr<SlotFile> file, SecretKey wrapping) {
  std::unique_ptr<KeySlots> slots(new KeySlots(std::move(file), std::move(wrapping)));
  TRY(slots->load());
  return slots;
}

Result<void> KeySlots::load() {
  const MutexLock lock(mutex_);
  const std::uint64_t size = TRY(file_->size());
  Slot found{};
  const std::size_t got = TRY(file_->read(0, found));
  const bool fresh = std::all_of(found.begin(), found.end(), [](std::uint8_t byte) { return byte == 0; });
  if (fresh && size <= slot_bytes) {  // new, or its first write did not reach the disk
    TRY(file_->write(0, header()));
    TRY(file_->sync());
    used_.assign(1, true);
    return {};
  }
  if (got < slot_bytes || found != header()) {
    return Error(ErrorKind::corrupt,
                 "the file of face keys is damaged, or made by a newer Likeness; restore its copy from a backup");
  }
  const std::uint64_t end = (size + slot_bytes - 1) / slot_bytes;
  if (end > most_slots) return Error(ErrorKind::corrupt, "the file of face keys is too large to be one of ours");
  used_.assign(1, true);
  constexpr std::size_t chunk = 64UL * 1024;
  Bytes buffer(chunk);
  for (std::uint64_t offset = 0; offset < size;) {
    const std::size_t count = TRY(file_->read(offset, buffer));
    if (count == 0) break;
    // A slot that was cut at the end of the file counts as used: it holds part of a key.
    for (std::size_t at = 0; at < count; at += slot_bytes) {
      if (offset + at == 0) continue;
      const auto begin = buffer.begin() + static_cast<std::ptrdiff_t>(at);
      const auto finish = buffer.begin() + static_cast<std::ptrdiff_t>(std::min(at + slot_bytes, count));
      used_.push_back(std::any_of(begin, finish, [](std::uint8_t byte) { return byte != 0; }));
    }
    offset += count;
  }
  for (std::uint64_t slot = used_.size() - 1; slot >= 1; --slot) {
    if (used_[slot]) {
      ++used_count_;
    } else {
      free_.push_back(slot);
    }
  }
  return {};
}

Result<std::vector<KeySlots::Assigned>> KeySlots::assign(std::span<const std::string> owners) {
  std::vector<Assigned> assigned;
  {
    const MutexLock lock(mutex_);
    if (used_count_ + owners.size() >= most_slots) {
      return Error(ErrorKind::service_quota, "the file of face keys is full");
    }
    for (std::size_t i = 0; i < owners.size(); ++i) {
      std::uint64_t slot = used_.size();
      if (free_.empty()) {
        used_.push_back(true);
      } else {
        slot = free_.back();
        free_.pop_back();
        used_[slot] = true;
      }
      ++used_count_;
      assigned.push_back({slot, SecretKey::random()});
    }
  }
  const std::uint64_t failed_before = failed_flushes();
  Result<void> written = {};
  for (std::size_t i = 0; written.ok() && i < owners.size(); ++i) {
    const std::uint64_t slot = assigned[i].slot;
    Bytes bytes(slot_magic.begin(), slot_magic.end());
    const Bytes sealed = seal(wrapping_, assigned[i].key.bytes(), place_of(slot, owners[i]));
    bytes.insert(bytes.end(), sealed.begin(), sealed.end());
    written = file_->write(slot * slot_bytes, bytes);
  }
  if (written.ok()) written = flush(failed_before);
  if (written.ok()) return assigned;
  // Nobody has these keys; if they cannot be overwritten now, the next start does it.
  std::vector<std::uint64_t> slots;
  slots.reserve(assigned.size());
  for (const Assigned& each : assigned) slots.push_back(each.slot);
  if (wipe(slots).ok()) release(slots);
  return written.error();
}

Result<SecretKey> KeySlots::key(std::uint64_t slot, std::string_view owner) const {
  if (slot == 0 || slot >= most_slots) return unreadable(slot);
  Slot bytes{};
  const std::size_t count = TRY(file_->read(slot * slot_bytes, bytes));
  if (count < slot_bytes || !std::equal(slot_magic.begin(), slot_magic.end(), bytes.begin())) return unreadable(slot);
  const Result<SecretBytes> opened =
      open_sealed(wrapping_, ByteSpan(bytes).subspan(slot_magic.size()), place_of(slot, owner));
  if (!opened.ok() || opened->bytes().size() != SecretKey::size) return unreadable(slot);
  return SecretKey(opened->bytes().first<SecretKey::size>());
}

Result<void> KeySlots::wipe(std::span<const std::uint64_t> slots) {
  if (slots.empty()) return {};
  std::uint64_t end = 0;
  {
    const MutexLock lock(mutex_);
    end = used_.size();
  }
  const std::uint64_t failed_before = failed_flushes();
  const Bytes zeros(longest_run * slot_bytes);
  for (std::size_t i = 0; i < slots.size();) {
    // Slots that follow each other are one write: a collection that was filled in one go is some large ones.
    std::size_t run = 1;
    while (i + run < slots.size() && slots[i + run] == slots[i] + run && run < longest_run) ++run;
    // Also what reads as zeros: after a flush that failed the disk may hold what the page cache does not.
    const std::uint64_t first = std::max<std::uint64_t>(slots[i], 1);
    const std::uint64_t last = std::min(slots[i] + run, end);  // behind the last
    if (first < last) TRY(file_->write(first * slot_bytes, ByteSpan(zeros).first((last - first) * slot_bytes)));
    i += run;
  }
  return flush(failed_before);
}

void KeySlots::release(std::span<const std::uint64_t> slots) {
  const MutexLock lock(mutex_);
  for (const std::uint64_t slot : slots) {
    if (slot == 0 || slot >= used_.size() || !used_[slot]) continue;
    used_[slot] = false;
    --used_count_;
    free_.push_back(slot);
  }
}

Result<std::size_t> KeySlots::reclaim(std::span<const std::uint64_t> in_use) {
  std::vector<std::uint64_t> orphans;
  {
    const MutexLock lock(mutex_);
    auto next = in_use.begin();
    for (std::uint64_t slot = 1; slot < used_.size(); ++slot) {
      while (next != in_use.end() && *next < slot) ++next;
      const bool wanted = next != in_use.end() && *next == slot;
      if (used_[slot] && !wanted) orphans.push_back(slot);
      if (!used_[slot] && wanted) {
        used_[slot] = true;
        ++used_count_;
      }
    }
    std::vector<std::uint64_t> free;
    for (const std::uint64_t slot : free_) {
      if (!used_[slot]) free.push_back(slot);
    }
    free_ = std::move(free);
  }
  TRY(wipe(orphans));
  release(orphans);
  return orphans.size();
}

std::size_t KeySlots::used() const {
  const MutexLock lock(mutex_);
  return used_count_;
}

std::uint64_t KeySlots::failed_flushes() {
  const MutexLock lock(flushing_);
  return failed_;
}

Result<void> KeySlots::flush(std::uint64_t failed_before) {
  MutexLock lock(flushing_);
  const std::uint64_t mine = ++asked_;
  while (done_ < mine) {
    if (running_) {
      lock.wait(flushed_);
      continue;
    }
    running_ = true;
    const std::uint64_t round = asked_;
    flushing_.unlock();
    const Result<void> result = file_->sync();
    flushing_.lock();
    running_ = false;
    done_ = round;
    if (!result.ok()) {
      ++failed_;
      failure_ = result.error().message;
    }
    flushed_.notify_all();
  }
  if (failed_ == failed_before) return {};
  return Error(ErrorKind::unavailable, "face keys could not be written to the disk: " + failure_);
}

}  // namespace likeness::gallery

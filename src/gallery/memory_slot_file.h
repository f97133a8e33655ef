// A file of key slots in memory, which can fail, and whose content can be looked at as a thief would. For tests.
//
// Thread rule: thread-safe.
#pragma once

#include <algorithm>
#include <mutex>

#include "gallery/key_slots.h"

namespace likeness::gallery {

class MemorySlotFile final : public SlotFile {
 public:
  // What lies on the disk; outlives the KeySlots that writes it, as a disk does.
  struct Disk {
    std::mutex mutex;
    Bytes written;  // what a reader sees
    Bytes durable;  // what the loss of power leaves
    int writes_that_succeed = 1'000'000;
    int syncs_that_succeed = 1'000'000;
    int syncs = 0;
  };
  explicit MemorySlotFile(Disk& disk) : disk_(disk) {}

  Result<void> write(std::uint64_t offset, ByteSpan bytes) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.writes_that_succeed-- <= 0) return Error(ErrorKind::unavailable, "no space");
    if (disk_.written.size() < offset + bytes.size()) disk_.written.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), disk_.written.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const override {
    const std::lock_guard lock(disk_.mutex);
    if (offset >= disk_.written.size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(bytes.size(), disk_.written.size() - offset);
    std::copy_n(disk_.written.begin() + static_cast<std::ptrdiff_t>(offset), count, bytes.begin());
    return count;
  }
  Result<void> sync() override {
    const std::lock_guard lock(disk_.mutex);
    ++disk_.syncs;
    if (disk_.syncs_that_succeed-- <= 0) return Error(ErrorKind::unavailable, "the disk does not answer");
    disk_.durable = disk_.written;
    return {};
  }
  [[nodiscard]] Result<std::uint64_t> size() const override {
    const std::lock_guard lock(disk_.mutex);
    return static_cast<std::uint64_t>(disk_.written.size());
  }

 private:
  Disk& disk_;
};

}  // namespace likeness::gallery

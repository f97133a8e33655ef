// A file of key slots in memory, which can fail, and whose content can be looked at as a thief would. For tests.
//
// Thread rule: thread-safe.
#pragma once

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "gallery/key_slots.h"

namespace likeness::gallery {

class MemorySlotFile final : public SlotFile {
 public:
  // What lies on the disk; outlives the KeySlots that writes it, as a disk does. A flush that fails loses what was
  // written since the one before for good, as Linux does: the pages count as clean afterwards.
  struct Disk {
    std::mutex mutex;
    Bytes written;  // what a reader sees
    Bytes durable;  // what the loss of power leaves
    std::vector<std::pair<std::uint64_t, Bytes>> unflushed;
    int writes_that_succeed = 1'000'000;
    int syncs_that_succeed = 1'000'000;
    int failing_sync = 0;  // every so many flushes one fails; 0: none
    int syncs = 0;
  };
  explicit MemorySlotFile(Disk& disk) : disk_(disk) {}

  Result<void> write(std::uint64_t offset, ByteSpan bytes) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.writes_that_succeed-- <= 0) return Error(ErrorKind::unavailable, "no space");
    put(disk_.written, offset, bytes);
    disk_.unflushed.emplace_back(offset, Bytes(bytes.begin(), bytes.end()));
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
    std::vector<std::pair<std::uint64_t, Bytes>> flushed;
    bool fails = false;
    {
      const std::lock_guard lock(disk_.mutex);
      ++disk_.syncs;
      fails = disk_.syncs_that_succeed-- <= 0 || (disk_.failing_sync > 0 && disk_.syncs % disk_.failing_sync == 0);
      flushed.swap(disk_.unflushed);
    }
    std::this_thread::yield();  // a disk takes its time, and others write meanwhile
    if (fails) return Error(ErrorKind::unavailable, "the disk does not answer");
    const std::lock_guard lock(disk_.mutex);
    for (const auto& [offset, bytes] : flushed) put(disk_.durable, offset, bytes);
    return {};
  }
  [[nodiscard]] Result<std::uint64_t> size() const override {
    const std::lock_guard lock(disk_.mutex);
    return static_cast<std::uint64_t>(disk_.written.size());
  }

 private:
  static void put(Bytes& file, std::uint64_t offset, ByteSpan bytes) {
    if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
  }

  Disk& disk_;
};

}  // namespace likeness::gallery

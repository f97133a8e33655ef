#include "gallery/key_slots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "base/crypto.h"
#include "gallery/memory_slot_file.h"

namespace likeness::gallery {
namespace {

SecretKey wrapping() { return SecretKey(sha256(as_bytes("wrapping"))); }

class KeySlotsTest : public testing::Test {
 protected:
  std::unique_ptr<KeySlots> open() {
    return KeySlots::open(std::make_unique<MemorySlotFile>(disk_), wrapping()).value();
  }
  // What is left when the power goes.
  void lose_power() {
    disk_.written = disk_.durable;
    disk_.failing_sync = 0;
  }
  bool holds(const KeySlots& slots, const KeySlots::Assigned& assigned, const std::string& owner) {
    const Result<SecretKey> key = slots.key(assigned.slot, owner);
    if (!key.ok()) {
      EXPECT_EQ(key.error().kind, ErrorKind::corrupt);
      return false;
    }
    return std::equal(key->bytes().begin(), key->bytes().end(), assigned.key.bytes().begin());
  }

  MemorySlotFile::Disk disk_;
};

TEST_F(KeySlotsTest, AssignedKeysSurviveTheLossOfPower) {
  const std::vector<std::string> owners = {"a", "b", "c"};
  const std::vector<KeySlots::Assigned> assigned = open()->assign(owners).value();
  lose_power();
  const auto slots = open();
  EXPECT_EQ(slots->used(), 3U);
  for (std::size_t i = 0; i < owners.size(); ++i) EXPECT_TRUE(holds(*slots, assigned[i], owners[i])) << i;
  EXPECT_FALSE(holds(*slots, assigned[0], "b")) << "another's";
  EXPECT_FALSE(slots->key(0, "a").ok()) << "the header";
  EXPECT_FALSE(slots->key(99, "a").ok()) << "beyond the end";
}

TEST_F(KeySlotsTest, AWipedKeyIsNowhereOnTheDisk) {
  const auto slots = open();
  const std::vector<std::string> owners = {"a", "b"};
  const std::vector<KeySlots::Assigned> assigned = slots->assign(owners).value();
  const std::uint64_t slot = assigned[0].slot;
  ASSERT_TRUE(slots->wipe(std::span(&slot, 1)).ok());
  lose_power();
  const auto begin = disk_.written.begin() + static_cast<std::ptrdiff_t>(slot * KeySlots::slot_bytes);
  EXPECT_TRUE(std::all_of(begin, begin + KeySlots::slot_bytes, [](std::uint8_t byte) { return byte == 0; }));
  EXPECT_FALSE(holds(*slots, assigned[0], "a"));
  EXPECT_TRUE(holds(*slots, assigned[1], "b"));
  EXPECT_TRUE(slots->wipe(std::span(&slot, 1)).ok()) << "again is no error";
}

TEST_F(KeySlotsTest, ASlotIsGivenAgainOnlyWhenItIsReleased) {
  const auto slots = open();
  const std::vector<std::string> owners = {"a"};
  const std::uint64_t first = slots->assign(owners).value().front().slot;
  ASSERT_TRUE(slots->wipe(std::span(&first, 1)).ok());
  EXPECT_NE(slots->assign(owners).value().front().slot, first);
  slots->release(std::span(&first, 1));
  slots->release(std::span(&first, 1));  // twice is once
  EXPECT_EQ(slots->assign(owners).value().front().slot, first);
  EXPECT_EQ(slots->used(), 2U);
  EXPECT_NE(slots->assign(owners).value().front().slot, first);
}

TEST_F(KeySlotsTest, ReclaimWipesKeysThatNobodyHas) {
  const auto slots = open();
  const std::vector<std::string> owners = {"a", "b", "c"};
  const std::vector<KeySlots::Assigned> assigned = slots->assign(owners).value();
  const std::vector<std::uint64_t> in_use = {assigned[1].slot, 77};
  EXPECT_EQ(slots->reclaim(in_use).value(), 2U);
  EXPECT_FALSE(holds(*slots, assigned[0], "a"));
  EXPECT_TRUE(holds(*slots, assigned[1], "b"));
  EXPECT_FALSE(holds(*slots, assigned[2], "c"));
  EXPECT_EQ(slots->used(), 1U);
}

TEST_F(KeySlotsTest, AFullDiskGivesNoKeysAndLosesNone) {
  const auto slots = open();
  const std::vector<std::string> owners = {"a", "b"};
  const std::vector<KeySlots::Assigned> before = slots->assign(owners).value();
  for (int writes = 0; writes < 2; ++writes) {
    disk_.writes_that_succeed = writes;
    EXPECT_EQ(slots->assign(owners).error().kind, ErrorKind::unavailable);
    disk_.writes_that_succeed = 1000;
  }
  disk_.syncs_that_succeed = 0;
  EXPECT_EQ(slots->assign(owners).error().kind, ErrorKind::unavailable);
  const std::uint64_t slot = before[0].slot;
  EXPECT_EQ(slots->wipe(std::span(&slot, 1)).error().kind, ErrorKind::unavailable) << "not on the disk: not wiped";
  disk_.syncs_that_succeed = 1000;
  EXPECT_TRUE(holds(*slots, before[1], "b"));
  EXPECT_TRUE(slots->assign(owners).ok());
}

// A disk that fails a flush loses what the flush was for, whatever the next flush says. Who waited for the one that
// failed must not be told by the other that all is well.
TEST_F(KeySlotsTest, WhatWasAnsweredIsOnTheDiskThoughFlushesFail) {
  const auto slots = open();
  disk_.failing_sync = 3;
  constexpr int threads = 6;
  constexpr int rounds = 200;
  std::mutex mutex;
  std::vector<KeySlots::Assigned> kept;
  std::vector<std::uint64_t> wiped;
  std::atomic<int> failures = 0;
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (int thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&, thread] {
      for (int round = 0; round < rounds; ++round) {
        const std::vector<std::string> owners = {"owner"};
        Result<std::vector<KeySlots::Assigned>> assigned = slots->assign(owners);
        failures += assigned.ok() ? 0 : 1;
        if (!assigned.ok()) continue;
        const std::uint64_t slot = assigned->front().slot;
        const bool wipes = (round + thread) % 2 == 0;
        const bool done = wipes && slots->wipe(std::span(&slot, 1)).ok();
        const std::lock_guard lock(mutex);
        if (done) wiped.push_back(slot);  // and never released: nobody else writes there
        if (!wipes) kept.push_back(std::move(assigned->front()));
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_GT(failures, 0);
  lose_power();
  const auto again = open();
  for (const KeySlots::Assigned& each : kept) EXPECT_TRUE(holds(*again, each, "owner")) << each.slot;
  for (const std::uint64_t slot : wiped) EXPECT_FALSE(again->key(slot, "owner").ok()) << slot;
}

TEST_F(KeySlotsTest, RunsAndSingleSlotsAreOverwrittenAndNothingBeside) {
  const auto slots = open();
  const std::vector<std::string> owners(60, "owner");
  const std::vector<KeySlots::Assigned> assigned = slots->assign(owners).value();
  const std::vector<std::uint64_t> wiped = {1, 2, 3, 7, 9, 10, 30, 31, 60, 61, 4000};  // the last two have never been
  ASSERT_TRUE(slots->wipe(wiped).ok());
  lose_power();
  const auto again = open();
  for (const KeySlots::Assigned& each : assigned) {
    const bool gone = std::find(wiped.begin(), wiped.end(), each.slot) != wiped.end();
    EXPECT_EQ(again->key(each.slot, "owner").ok(), !gone) << each.slot;
  }
  EXPECT_EQ(disk_.durable.size(), 61 * KeySlots::slot_bytes);
}

TEST_F(KeySlotsTest, AnEmptySlotThatSomebodyHasIsGivenToNobody) {
  const std::vector<std::string> owners = {"a", "b", "c"};
  {
    const auto slots = open();
    const std::vector<KeySlots::Assigned> assigned = slots->assign(owners).value();
    const std::uint64_t second = assigned[1].slot;
    ASSERT_TRUE(slots->wipe(std::span(&second, 1)).ok());  // and the process ends before it is released
  }
  const auto slots = open();
  const std::vector<std::uint64_t> in_use = {1, 2};
  EXPECT_EQ(slots->reclaim(in_use).value(), 1U) << "the third";
  EXPECT_EQ(slots->used(), 2U);
  const std::vector<KeySlots::Assigned> assigned = slots->assign(owners).value();
  for (const KeySlots::Assigned& each : assigned) EXPECT_GT(each.slot, 2U);
}

TEST_F(KeySlotsTest, DamageIsNoticed) {
  const std::vector<std::string> owners = {"a", "b"};
  const std::vector<KeySlots::Assigned> assigned = open()->assign(owners).value();
  const Bytes good = disk_.written;
  for (std::size_t place = 0; place < good.size(); ++place) {
    disk_.written = good;
    disk_.written[place] ^= 0x40;
    const auto slots = KeySlots::open(std::make_unique<MemorySlotFile>(disk_), wrapping());
    if (place < KeySlots::slot_bytes) {
      ASSERT_FALSE(slots.ok()) << place;
      EXPECT_EQ(slots.error().kind, ErrorKind::corrupt);
      continue;
    }
    ASSERT_TRUE(slots.ok()) << place;
    const std::size_t hit = place / KeySlots::slot_bytes - 1;
    EXPECT_FALSE(holds(**slots, assigned[hit], owners[hit])) << place;
    EXPECT_TRUE(holds(**slots, assigned[1 - hit], owners[1 - hit])) << "the other one is whole";
  }
}

TEST_F(KeySlotsTest, AnotherMasterKeyOpensNothing) {
  const std::vector<std::string> owners = {"a"};
  const std::vector<KeySlots::Assigned> assigned = open()->assign(owners).value();
  const auto other =
      KeySlots::open(std::make_unique<MemorySlotFile>(disk_), SecretKey(sha256(as_bytes("other")))).value();
  EXPECT_FALSE(holds(*other, assigned[0], "a"));
}

TEST_F(KeySlotsTest, ManyThreadsShareFlushesAndGetTheirOwnSlots) {
  const auto slots = open();
  constexpr int threads = 8;
  constexpr int rounds = 50;
  std::mutex mutex;
  std::set<std::uint64_t> given;
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (int thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&, thread] {
      for (int round = 0; round < rounds; ++round) {
        const std::vector<std::string> owners = {std::to_string(thread) + "-" + std::to_string(round)};
        const std::vector<KeySlots::Assigned> assigned = slots->assign(owners).value();
        EXPECT_TRUE(holds(*slots, assigned[0], owners[0]));
        const std::uint64_t slot = assigned[0].slot;
        if (round % 3 == 0) {
          EXPECT_TRUE(slots->wipe(std::span(&slot, 1)).ok());
          EXPECT_FALSE(holds(*slots, assigned[0], owners[0]));
        } else {
          const std::lock_guard lock(mutex);
          EXPECT_TRUE(given.insert(slot).second);
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  lose_power();
  EXPECT_EQ(open()->used(), given.size());
}

}  // namespace
}  // namespace likeness::gallery

// Flipped bytes in the database and in its log: an error, or nothing lost; never other records than were written.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "store/sqlite/checksum_vfs.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/test_folder.h"
#include "store/sqlite/wal_check.h"
#include "store/suite/random_history.h"
#include "store/suite/store_suite.h"

namespace likeness::store {
namespace {

const Scope here{.account = "111122223333", .region = "us-east-1"};
constexpr std::size_t page_size = 4096;

std::vector<std::string> whole_state(Store& store) {
  std::vector<std::string> state = state_of(store, here);
  const std::vector<std::string> outbox = outbox_of(store);
  state.insert(state.end(), outbox.begin(), outbox.end());
  return state;
}

bool says_corrupt(const std::vector<std::string>& state) {
  return std::any_of(state.begin(), state.end(),
                     [](const std::string& line) { return line.find("corrupt") != std::string::npos; });
}

// A database of a random history, and what it held after each call that changed it.
struct Sample {
  Bytes database;
  Bytes wal;  // of a store that was not closed
  std::vector<std::vector<std::string>> states;
};

Sample make_sample(int calls, bool closed) {
  const TestFolder folder;
  Sample sample;
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same history every time
  std::mt19937 random(5);
  Result<std::unique_ptr<SqliteStore>> store =
      SqliteStore::open({.file = folder.database(), .readers = 1}, test_time(0));
  EXPECT_TRUE(store.ok());
  for (int step = 0; step < calls; ++step) {
    const std::string outcome = random_call(random, here, "", step)(**store);
    if (outcome == "ok") sample.states.push_back(whole_state(**store));
  }
  if (closed) store->reset();
  sample.database = read_file(folder.database());
  if (!closed) sample.wal = read_file(folder.wal());
  return sample;
}

// Some bytes of every page: its beginning, its end, the middle.
std::set<std::size_t> places_in(std::size_t size, std::mt19937& random) {
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < 100; i += 3) places.insert(i);
  for (std::size_t page = 0; page < size; page += page_size) {
    places.insert({page + random() % 12, page + random() % page_size, page + random() % page_size,
                   page + page_size - 1 - random() % 8});
  }
  return places;
}

TEST(Damage, AnyFlippedByteOfTheDatabaseIsNoticedAtTheStart) {
  const Sample sample = make_sample(60, true);
  ASSERT_EQ(sample.database.size() % page_size, 0U);
  ASSERT_GT(sample.database.size(), 20 * page_size);
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same history every time
  std::mt19937 random(6);
  for (const std::size_t place : places_in(sample.database.size(), random)) {
    const TestFolder folder;
    Bytes damaged = sample.database;
    damaged[place] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    write_file(folder.database(), damaged);
    const Result<std::unique_ptr<SqliteStore>> store =
        SqliteStore::open({.file = folder.database(), .readers = 1}, test_time(0));
    ASSERT_FALSE(store.ok()) << "byte " << place;
    EXPECT_EQ(store.error().kind, ErrorKind::corrupt) << place << ": " << store.error().message;
    EXPECT_NE(store.error().message.find("restore a backup"), std::string::npos) << store.error().message;
    EXPECT_NE(store.error().message.find("likeness.db"), std::string::npos) << store.error().message;
  }
}

// A large file is not read from end to end at the start: then reading notices.
TEST(Damage, WithoutACheckAtTheStartReadingNoticesOrReadsWhatWasWritten) {
  const Sample sample = make_sample(60, true);
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same history every time
  std::mt19937 random(7);
  int noticed = 0;
  for (const std::size_t place : places_in(sample.database.size(), random)) {
    const TestFolder folder;
    Bytes damaged = sample.database;
    damaged[place] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    write_file(folder.database(), damaged);
    const Result<std::unique_ptr<SqliteStore>> store =
        SqliteStore::open({.file = folder.database(), .readers = 1, .check_up_to = 0}, test_time(0));
    if (!store.ok()) {
      EXPECT_EQ(store.error().kind, ErrorKind::corrupt) << store.error().message;
      continue;
    }
    const std::vector<std::string> state = whole_state(**store);
    if (says_corrupt(state)) {
      ++noticed;
    } else {
      EXPECT_EQ(state, sample.states.back()) << "byte " << place;
    }
    const Result<void> checked = (*store)->check();
    ASSERT_FALSE(checked.ok()) << "byte " << place;
    EXPECT_EQ(checked.error().kind, ErrorKind::corrupt);
  }
  EXPECT_GT(noticed, 0);
}

// Opens a copy of a store that was not closed, with `wal` as its log.
struct Opened {
  bool corrupt = false;
  std::vector<std::string> state;
};

Opened open_with(const Bytes& database, const Bytes& wal) {
  const TestFolder folder;
  write_file(folder.database(), database);
  write_file(folder.wal(), wal);
  const Result<std::unique_ptr<SqliteStore>> store =
      SqliteStore::open({.file = folder.database(), .readers = 1}, test_time(0));
  if (!store.ok()) {
    EXPECT_EQ(store.error().kind, ErrorKind::corrupt) << store.error().message;
    return {.corrupt = true, .state = {}};
  }
  return {.corrupt = false, .state = whole_state(**store)};
}

TEST(Damage, FlippedByteOfTheLogLosesTheNewestTransactionAtMost) {
  const Sample sample = make_sample(40, false);
  const std::size_t calls = sample.states.size();
  ASSERT_GT(calls, 10U);
  ASSERT_EQ(open_with(sample.database, sample.wal).state, sample.states.back()) << "undamaged";
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same history every time
  std::mt19937 random(8);
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < 32; ++i) places.insert(i);
  for (std::size_t frame = 32; frame + 24 < sample.wal.size(); frame += 24 + page_size) {
    places.insert({frame + random() % 24, frame + random() % 24, frame + 24 + random() % page_size});
  }
  int noticed = 0;
  int newest = 0;
  for (const std::size_t place : places) {
    Bytes damaged = sample.wal;
    damaged[place] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    const Opened opened = open_with(sample.database, damaged);
    if (opened.corrupt) {
      ++noticed;
    } else if (opened.state == sample.states[calls - 2]) {
      ++newest;
    } else {
      EXPECT_EQ(opened.state, sample.states.back()) << "byte " << place << " of " << sample.wal.size();
    }
  }
  EXPECT_GT(noticed, static_cast<int>(places.size()) / 2);
  EXPECT_GT(newest, 0)
      << "what cannot be told from a loss of power; if this fails, docs/store.md has good news to tell";
}

TEST(Damage, LogThatWasCutIsNoDamage) {
  const Sample sample = make_sample(30, false);
  std::size_t reached = 0;
  for (std::size_t size = 0; size <= sample.wal.size(); size += 1 + page_size / 3) {
    const Bytes cut(sample.wal.begin(), sample.wal.begin() + static_cast<std::ptrdiff_t>(size));
    const Opened opened = open_with(sample.database, cut);
    ASSERT_FALSE(opened.corrupt) << "cut to " << size;
    const auto state = std::find(sample.states.begin(), sample.states.end(), opened.state);
    if (state != sample.states.end()) {
      const auto call = static_cast<std::size_t>(state - sample.states.begin());
      EXPECT_GE(call, reached) << "a longer log has more";
      reached = call;
    }
  }
  EXPECT_GT(reached, 5U);
}

TEST(Damage, ChecksumsAreInEveryPage) {
  const Sample sample = make_sample(20, true);
  for (std::size_t at = 0; at < sample.database.size(); at += page_size) {
    EXPECT_TRUE(page_checksum_matches(ByteSpan(sample.database).subspan(at, page_size))) << at;
  }
}

TEST(Damage, WhatIsNoDatabaseIsSaid) {
  for (const Bytes& content : {Bytes(3 * page_size, 'x'), Bytes(100, 'x')}) {
    const TestFolder folder;
    write_file(folder.database(), content);
    const Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folder.database()}, test_time(0));
    ASSERT_FALSE(store.ok());
    EXPECT_EQ(store.error().kind, ErrorKind::corrupt) << store.error().message;
  }
}

}  // namespace
}  // namespace likeness::store

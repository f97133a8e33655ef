#include "store/sqlite/sqlite_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "store/sqlite/fault_vfs.h"
#include "store/sqlite/test_folder.h"
#include "store/suite/faces_suite.h"
#include "store/suite/naive_twin.h"
#include "store/suite/random_history.h"
#include "store/suite/store_suite.h"

namespace likeness::store {
namespace {

std::unique_ptr<Store> fresh_store() {
  // The folder of each store outlives it: removed when the program ends.
  static std::vector<std::unique_ptr<TestFolder>> folders;
  folders.push_back(std::make_unique<TestFolder>());
  Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folders.back()->database()}, test_time(0));
  EXPECT_TRUE(store.ok()) << store.error().message;
  return store.ok() ? *std::move(store) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreSuite, testing::Values(Backend{"sqlite", fresh_store}),
                         [](const auto& backend) { return backend.param.name; });
INSTANTIATE_TEST_SUITE_P(Sqlite, FaceSuite, testing::Values(Backend{"sqlite", fresh_store}),
                         [](const auto& backend) { return backend.param.name; });

TEST(SqliteStore, AgreesWithTheNaiveTwin) {
  const Scope here{.account = "111122223333", .region = "us-east-1"};
  for (unsigned seed = 0; seed < 5; ++seed) {
    const TestFolder folder;
    const std::unique_ptr<Store> twin = naive_twin();
    std::mt19937 random(seed);
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folder.database()}, test_time(0));
    ASSERT_TRUE(store.ok());
    for (int step = 0; step < 150; ++step) {
      const RandomCall call = random_call(random, here, "", step);
      ASSERT_EQ(call(**store), call(*twin)) << "seed " << seed << ", call " << step;
      if (step % 25 == 0) {
        ASSERT_EQ(state_of(**store, here), state_of(*twin, here)) << "seed " << seed << ", call " << step;
        EXPECT_EQ(*(*store)->forget_expired_tokens(test_time(step), 4096),
                  *twin->forget_expired_tokens(test_time(step), 4096));
      }
      if (step % 40 == 39) {
        store->reset();
        store = SqliteStore::open({.file = folder.database()}, test_time(0));
        ASSERT_TRUE(store.ok()) << store.error().message;
      }
    }
    EXPECT_EQ(state_of(**store, here), state_of(*twin, here));
    EXPECT_EQ(outbox_of(**store), outbox_of(*twin));
  }
}

// Threads work in scopes of their own, so each can be compared with a twin of its own, call by call.
TEST(SqliteStore, ConcurrentHistoriesAgreeWithTheirTwins) {
  constexpr std::size_t callers = 6;
  const TestFolder folder;
  Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folder.database()}, test_time(0));
  ASSERT_TRUE(store.ok());
  std::vector<std::unique_ptr<Store>> twins;
  std::vector<Scope> scopes;
  for (std::size_t caller = 0; caller < callers; ++caller) {
    twins.push_back(naive_twin());
    scopes.push_back({.account = "11112222333" + std::to_string(caller), .region = "us-east-1"});
  }
  std::vector<std::thread> threads;
  threads.reserve(callers);
  for (std::size_t caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      std::mt19937 random(static_cast<unsigned>(caller));
      for (int step = 0; step < 80; ++step) {
        const RandomCall call = random_call(random, scopes[caller], std::to_string(caller) + "-", step);
        ASSERT_EQ(call(**store), call(*twins[caller])) << "caller " << caller << ", call " << step;
        if (step % 20 == 0) {
          ASSERT_EQ(state_of(**store, scopes[caller]), state_of(*twins[caller], scopes[caller])) << caller;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::size_t records = 0;
  for (std::size_t caller = 0; caller < callers; ++caller) {
    EXPECT_EQ(state_of(**store, scopes[caller]), state_of(*twins[caller], scopes[caller])) << caller;
    records += outbox_of(*twins[caller]).size();
  }
  const std::vector<OutboxEntry> outbox = *(*store)->read_outbox(0, 4096);
  ASSERT_EQ(outbox.size(), records);
  for (std::size_t i = 0; i < outbox.size(); ++i) EXPECT_EQ(outbox[i].sequence, i + 1);
}

// While the disk is busy with one group the next one gathers. Counted in steps of the disk, not in time.
TEST(SqliteStore, CallersShareCommits) {
  const TestFolder folder;
  const FaultVfs disk;
  const Scope here{.account = "111122223333", .region = "us-east-1"};
  Result<std::unique_ptr<SqliteStore>> store =
      SqliteStore::open({.file = folder.database(), .vfs = disk.name()}, test_time(0));
  ASSERT_TRUE(store.ok());
  constexpr int calls = 400;
  const auto steps_with = [&](int callers) {
    const std::uint64_t before = disk.steps();
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(callers));
    for (int caller = 0; caller < callers; ++caller) {
      threads.emplace_back([&] {
        for (int i = 0; i < calls / callers; ++i) EXPECT_TRUE((*store)->append(here, test_mutation("x")).ok());
      });
    }
    for (std::thread& thread : threads) thread.join();
    return disk.steps() - before;
  };
  const std::uint64_t alone = steps_with(1);
  const std::uint64_t together = steps_with(20);
  EXPECT_LT(together, alone * 2 / 3);
  EXPECT_EQ((*store)->read_outbox(0, 4096)->size(), 2U * calls);
}

TEST(SqliteStore, LeavesOneFileWhenItIsClosed) {
  const TestFolder folder;
  {
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folder.database()}, test_time(0));
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE((*store)->append({.account = "111122223333", .region = "r"}, test_mutation("x")).ok());
    EXPECT_TRUE(std::filesystem::exists(folder.wal()));
  }
  EXPECT_FALSE(std::filesystem::exists(folder.wal()));
  EXPECT_TRUE(std::filesystem::exists(folder.database()));
}

}  // namespace
}  // namespace likeness::store

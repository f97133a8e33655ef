// Full, failing and read-only disks: an error that says what to do, nothing half done, and life goes on afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "store/sqlite/fault_vfs.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/test_folder.h"
#include "store/suite/naive_twin.h"
#include "store/suite/random_history.h"
#include "store/suite/store_suite.h"

namespace likeness::store {
namespace {

using testing::HasSubstr;

const Scope here{.account = "111122223333", .region = "us-east-1"};

// A history in which step `failing` of the disk (and `more` after it) gives `code`. What fails must not have happened.
void run_with_failure(std::uint64_t failing, std::uint64_t more, int code) {
  const TestFolder folder;
  FaultVfs disk;
  const std::unique_ptr<Store> twin = naive_twin();
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same history every time
  std::mt19937 random(11);
  const SqliteOptions options{.file = folder.database(), .readers = 1, .vfs = disk.name()};
  disk.fail_at(failing, code, more);
  Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open(options, test_time(0));
  if (!store.ok()) {
    EXPECT_EQ(store.error().kind, ErrorKind::unavailable) << store.error().message;
    disk.fail_at(0, 0);
    store = SqliteStore::open(options, test_time(0));
    ASSERT_TRUE(store.ok()) << "step " << failing << ": " << store.error().message;
  }
  for (int step = 0; step < 25; ++step) {
    const RandomCall call = random_call(random, here, "", step);
    const std::string outcome = call(**store);
    if (outcome == "unavailable") continue;
    ASSERT_EQ(outcome, call(*twin)) << "disk step " << failing << ", call " << step;
  }
  disk.fail_at(0, 0);
  EXPECT_EQ(state_of(**store, here), state_of(*twin, here)) << "disk step " << failing;
  EXPECT_EQ(outbox_of(**store), outbox_of(*twin)) << "disk step " << failing;
  store->reset();
  store = SqliteStore::open(options, test_time(0));
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_EQ(state_of(**store, here), state_of(*twin, here)) << "opened again, disk step " << failing;
  EXPECT_TRUE((*store)->check().ok());
}

std::uint64_t steps_of_a_history() {
  const TestFolder folder;
  FaultVfs disk;
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same history every time
  std::mt19937 random(11);
  Result<std::unique_ptr<SqliteStore>> store =
      SqliteStore::open({.file = folder.database(), .readers = 1, .vfs = disk.name()}, test_time(0));
  for (int step = 0; store.ok() && step < 25; ++step) (void)random_call(random, here, "", step)(**store);
  store->reset();
  return disk.steps();
}

TEST(DiskFault, FullAtEachWrite) {
  const std::uint64_t steps = steps_of_a_history();
  ASSERT_GT(steps, 60U);
  for (std::uint64_t step = 0; step < steps; ++step) run_with_failure(step, 0, SQLITE_FULL);
}

TEST(DiskFault, BrokenAtEachWrite) {
  const std::uint64_t steps = steps_of_a_history();
  for (std::uint64_t step = 0; step < steps; ++step) run_with_failure(step, 0, SQLITE_IOERR_WRITE);
}

TEST(DiskFault, FullForAWhile) {
  const std::uint64_t steps = steps_of_a_history();
  for (std::uint64_t step = 0; step < steps; step += 7) run_with_failure(step, 20, SQLITE_FULL);
}

TEST(DiskFault, FullDiskSaysWhatToDoAndTheStoreGoesOnWhenThereIsSpace) {
  const TestFolder folder;
  FaultVfs disk;
  Result<std::unique_ptr<SqliteStore>> store =
      SqliteStore::open({.file = folder.database(), .vfs = disk.name()}, test_time(0));
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->append(here, test_mutation("before")).ok());
  disk.fail_all(SQLITE_FULL);
  for (int i = 0; i < 5; ++i) {
    const Result<Applied> refused = (*store)->append(here, test_mutation("while"));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("make space"));
    EXPECT_THAT(refused.error().message, HasSubstr("likeness.db"));
  }
  EXPECT_EQ((*store)->read_outbox(0, 9)->size(), 1U) << "reading goes on";
  disk.fail_all(0);
  EXPECT_EQ((*store)->append(here, test_mutation("after"))->sequence, 2U);
  disk.fail_all(SQLITE_READONLY);
  EXPECT_THAT((*store)->append(here, test_mutation("x")).error().message, HasSubstr("read-only"));
  disk.fail_all(0);
  EXPECT_EQ((*store)->append(here, test_mutation("after"))->sequence, 3U);
}

TEST(DiskFault, FolderThatIsNotThereOrNotWritableIsSaid) {
  const TestFolder folder;
  const Result<std::unique_ptr<SqliteStore>> nowhere =
      SqliteStore::open({.file = folder.path() / "none" / "likeness.db"}, test_time(0));
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().kind, ErrorKind::unavailable);
  std::filesystem::create_directory(folder.database());
  const Result<std::unique_ptr<SqliteStore>> directory = SqliteStore::open({.file = folder.database()}, test_time(0));
  ASSERT_FALSE(directory.ok());
  EXPECT_EQ(directory.error().kind, ErrorKind::unavailable);
}

TEST(DiskFault, FilesAreTheOwnersAlone) {
  const TestFolder folder;
  const mode_t before = umask(0);
  Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folder.database()}, test_time(0));
  umask(before);
  ASSERT_TRUE(store.ok());
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    struct stat status = {};
    ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U) << entry.path();
  }
}

}  // namespace
}  // namespace likeness::store

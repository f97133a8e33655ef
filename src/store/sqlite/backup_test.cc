// Copies of a store in use, and what a restored one keeps of the one it replaces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "store/limits.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/test_folder.h"
#include "store/suite/naive_twin.h"
#include "store/suite/random_history.h"
#include "store/suite/store_suite.h"

namespace likeness::store {
namespace {

const Scope here{.account = "111122223333", .region = "us-east-1"};

std::unique_ptr<SqliteStore> open(const std::filesystem::path& file) {
  Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = file}, test_time(0));
  EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().message);
  return store.ok() ? *std::move(store) : nullptr;
}

template <typename Value>
ErrorKind kind_of(const Result<Value>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorKind::internal : result.error().kind;
}

AccessKey key(const std::string& id, bool enabled) {
  AccessKey key;
  key.id = id;
  key.sealed_secret = {1};
  key.enabled = enabled;
  key.created = test_time(1);
  return key;
}

TEST(SqliteBackup, ACopyIsWhatTheStoreWasAtThatMoment) {
  const TestFolder folder;
  const std::unique_ptr<SqliteStore> store = open(folder.database());
  const std::unique_ptr<Store> twin = naive_twin();
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same history every time
  for (int step = 0; step < 300; ++step) {
    const RandomCall call = random_call(random, here, "", step);
    ASSERT_EQ(call(*store), call(*twin));
    if (step % 60 != 59) continue;
    const std::filesystem::path file = folder.path() / ("copy" + std::to_string(step));
    const Result<void> copied = store->copy_to(file);
    ASSERT_TRUE(copied.ok()) << copied.error().message;
    struct stat status{};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_FALSE(std::filesystem::exists(file.string() + "-wal"));
    const std::unique_ptr<SqliteStore> copy = open(file);
    EXPECT_TRUE(copy->check().ok());
    EXPECT_EQ(state_of(*copy, here), state_of(*twin, here));
    EXPECT_EQ(outbox_of(*copy), outbox_of(*twin));
  }
}

// Each call is in the copy as a whole or not at all: a collection never without its ledger record.
TEST(SqliteBackup, CopiesWhileOthersWrite) {
  const TestFolder folder;
  const std::unique_ptr<SqliteStore> store = open(folder.database());
  std::atomic<bool> stopping = false;
  std::thread writer([&] {
    for (int i = 0; !stopping; ++i) {
      EXPECT_TRUE(
          store->create_collection(here, test_collection("c" + std::to_string(i)), {}, test_mutation("x")).ok());
    }
  });
  std::size_t before = 0;
  for (int round = 0; round < 5; ++round) {
    const std::filesystem::path file = folder.path() / ("copy" + std::to_string(round));
    const std::size_t acknowledged = store->list_collections(here, "", limits::page)->size();
    EXPECT_TRUE(store->copy_to(file).ok());
    const std::unique_ptr<SqliteStore> copy = open(file);
    const std::size_t collections = copy->list_collections(here, "", limits::page)->size();
    EXPECT_EQ(collections, copy->read_outbox(0, limits::page)->size());
    EXPECT_GE(collections, acknowledged);
    EXPECT_GE(collections, before);
    before = collections;
  }
  stopping = true;
  writer.join();
}

TEST(SqliteBackup, ReplacesNothingAndLeavesNoHalf) {
  const TestFolder folder;
  const std::unique_ptr<SqliteStore> store = open(folder.database());
  EXPECT_EQ(kind_of(store->copy_to(folder.database())), ErrorKind::already_exists);
  EXPECT_EQ(kind_of(store->copy_to(folder.path() / "no" / "folder")), ErrorKind::unavailable);
  std::filesystem::create_symlink(folder.path() / "elsewhere", folder.path() / "link");
  EXPECT_EQ(kind_of(store->copy_to(folder.path() / "link")), ErrorKind::already_exists);
}

TEST(SqliteBackup, ARestoredStoreKeepsTheLogTheKeysAndTheNumbers) {
  const TestFolder folder;
  const std::filesystem::path file = folder.path() / "copy";
  {
    const std::unique_ptr<SqliteStore> store = open(folder.database());
    ASSERT_TRUE(store->create_access_key(here, key("LKGONE", true), test_mutation("key")).ok());
    ASSERT_TRUE(store->create_access_key(here, key("LKSTAYS", true), test_mutation("key")).ok());
    ASSERT_TRUE(store->create_collection(here, test_collection("c"), {}, test_mutation("collection")).ok());
    ASSERT_TRUE(store->copy_to(file).ok());
    ASSERT_TRUE(store->delete_access_key(here, "LKGONE", test_mutation("key")).ok());
    ASSERT_TRUE(store->create_access_key(here, key("LKNEW", false), test_mutation("key")).ok());
    ASSERT_TRUE(
        store->put_policy(here, {.name = "p", .document = "{}", .created = {}, .updated = {}}, test_mutation("policy"))
            .ok());
    ASSERT_TRUE(store->create_user(here, "c", test_user("ann"), test_mutation("user")).ok());
    ASSERT_TRUE(store->acknowledge_outbox(5).ok());
  }
  {
    const std::unique_ptr<SqliteStore> restored = open(file);
    const Result<void> kept = restored->keep_of(folder.database());
    ASSERT_TRUE(kept.ok()) << kept.error().message;
    EXPECT_EQ(kind_of(restored->access_key(here, "LKGONE")), ErrorKind::not_found);
    EXPECT_TRUE(restored->access_key(here, "LKSTAYS").ok());
    EXPECT_FALSE(restored->access_key(here, "LKNEW")->enabled);
    EXPECT_TRUE(restored->policy(here, "p").ok());
    EXPECT_EQ(kind_of(restored->user(here, "c", "ann")), ErrorKind::not_found) << "of after the copy";
    EXPECT_EQ(restored->read_outbox(0, 9)->size(), 2U);
    EXPECT_EQ(restored->append(here, test_mutation("restore"))->sequence, 8U);
    ASSERT_TRUE(restored->create_user(here, "c", test_user("bob"), test_mutation("user")).ok());
    EXPECT_EQ(restored->user(here, "c", "bob")->number, 2U) << "ann's number is never given again";
    EXPECT_TRUE(restored->check().ok());
  }
}

TEST(SqliteBackup, ADamagedStoreGivesNoCopy) {
  const TestFolder folder;
  const std::unique_ptr<SqliteStore> store = open(folder.database());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(store->create_collection(here, test_collection("c" + std::to_string(i)), {}, test_mutation("x")).ok());
  }
  {
    const std::unique_ptr<SqliteStore> good = open(folder.path() / "other");
    EXPECT_TRUE(good->copy_to(folder.path() / "good").ok());
  }
  const TestFolder second;
  std::filesystem::copy_file(folder.database(), second.database());
  std::filesystem::copy_file(folder.wal(), second.wal());
  {
    const std::unique_ptr<SqliteStore> settled = open(second.database());
  }
  Bytes bytes = read_file(second.database());
  const std::unique_ptr<SqliteStore> damaged = open(second.database());
  for (std::size_t page = 2; page < bytes.size() / 4096; ++page) bytes[page * 4096 + 100] ^= 1U;
  write_file(second.database(), bytes);
  const std::filesystem::path file = second.path() / "copy";
  EXPECT_EQ(kind_of(damaged->copy_to(file)), ErrorKind::corrupt);
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace likeness::store

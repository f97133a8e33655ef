// Migrations: an interrupted one resumes, a newer schema is refused, databases of earlier releases open.
#include "store/sqlite/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "store/sqlite/checksum_vfs.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/test_folder.h"
#include "store/suite/random_history.h"
#include "store/suite/store_suite.h"

namespace likeness::store {
namespace {

using testing::HasSubstr;

const Scope here{.account = "111122223333", .region = "us-east-1"};

class SchemaTest : public testing::Test {
 protected:
  void SetUp() override {
    vfs_ = *ChecksumVfs::create("");
    connection_ = open();
  }
  std::unique_ptr<Connection> open() const {
    std::unique_ptr<Connection> connection = *Connection::open(folder_.database().string(), vfs_->name());
    EXPECT_TRUE(connection->reserve_bytes(checksum_size).ok());
    return connection;
  }

  const TestFolder folder_;
  std::unique_ptr<ChecksumVfs> vfs_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(SchemaTest, VersionsHaveNoGaps) {
  int expected = 0;
  for (const Migration& step : migrations()) EXPECT_EQ(step.version, ++expected);
  EXPECT_GE(expected, 1);
}

TEST_F(SchemaTest, InterruptedMigrationHasNotHappenedAndIsTakenAgain) {
  ASSERT_TRUE(migrate(*connection_, migrations(), test_time(1)).ok());
  const int current = migrations().back().version;
  std::vector<Migration> steps(migrations().begin(), migrations().end());
  steps.push_back({current + 1, "one", "CREATE TABLE one (x INTEGER) STRICT"});
  // Breaks off in the middle: the table is made, the second statement fails.
  steps.push_back({current + 2, "two", "CREATE TABLE two (x INTEGER) STRICT; INSERT INTO none VALUES (1)"});
  const Result<void> broken = migrate(*connection_, steps, test_time(2));
  ASSERT_FALSE(broken.ok());
  EXPECT_THAT(broken.error().message, HasSubstr("schema " + std::to_string(current + 2)));
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_EQ(*connection_->number("PRAGMA user_version"), current + 1) << "the step before stays";
  EXPECT_EQ(*connection_->number("SELECT count(*) FROM sqlite_schema WHERE name = 'two'"), 0);

  connection_ = open();
  steps.back().sql = "CREATE TABLE two (x INTEGER) STRICT";
  ASSERT_TRUE(migrate(*connection_, steps, test_time(3)).ok());
  EXPECT_EQ(*connection_->number("PRAGMA user_version"), current + 2);
  EXPECT_EQ(*connection_->number("SELECT count(*) FROM migrations"), current + 2);
  ASSERT_TRUE(migrate(*connection_, steps, test_time(4)).ok()) << "nothing to do";
  EXPECT_EQ(*connection_->number("SELECT count(*) FROM migrations"), current + 2);
}

TEST_F(SchemaTest, NewerSchemaIsRefused) {
  ASSERT_TRUE(migrate(*connection_, migrations(), test_time(1)).ok());
  ASSERT_TRUE(connection_->execute("PRAGMA user_version = 999").ok());
  connection_.reset();
  const Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folder_.database()}, test_time(2));
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(store.error().message, HasSubstr("schema 999, made by a newer Likeness"));
}

TEST_F(SchemaTest, DatabaseOfAnotherProgramIsRefused) {
  ASSERT_TRUE(connection_->execute("CREATE TABLE theirs (x)").ok());
  connection_.reset();
  const Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folder_.database()}, test_time(2));
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(store.error().message, HasSubstr("not one of Likeness"));
}

TEST_F(SchemaTest, EveryKeyBeginsWithAccountAndRegion) {
  ASSERT_TRUE(migrate(*connection_, migrations(), test_time(1)).ok());
  Query tables = *connection_->query(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
      " AND name NOT IN ('migrations', 'outbox', 'counters', 'erased_slots', 'templates')",
      {});
  int count = 0;
  while (*tables.step()) {
    const std::string table = tables.text(0);
    Query columns =
        *connection_->query("SELECT name FROM pragma_table_info(?) WHERE pk IN (1, 2) ORDER BY pk", {table});
    std::vector<std::string> key;
    while (*columns.step()) key.push_back(columns.text(0));
    EXPECT_EQ(key, (std::vector<std::string>{"account", "region"})) << table;
    ++count;
  }
  EXPECT_GE(count, 12);
}

// Databases as releases have left them, in tests/fixtures/store: schema-N.db beside schema-N.txt, what it holds.
std::filesystem::path fixture(int schema, const char* extension) {
  return std::filesystem::path(LIKENESS_SOURCE_DIR) / "tests/fixtures/store" /
         ("schema-" + std::to_string(schema) + extension);
}

std::vector<std::string> fixture_state(Store& store) {
  std::vector<std::string> lines = state_of(store, here);
  const std::vector<std::string> outbox = outbox_of(store);
  lines.insert(lines.end(), outbox.begin(), outbox.end());
  return lines;
}

// Lines that say nothing of what a database of schema 1 held.
bool counted_since_schema_2(const std::string& line) {
  return line.starts_with("generation ") || line.starts_with("size ");
}

TEST(Fixtures, DatabaseOfEachReleaseOpensWithWhatItHeld) {
  for (const Migration& step : migrations()) {
    const TestFolder folder;
    std::filesystem::copy_file(fixture(step.version, ".db"), folder.database());
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folder.database()}, test_time(0));
    ASSERT_TRUE(store.ok()) << step.version << ": " << store.error().message;
    std::vector<std::string> expected;
    std::ifstream file(fixture(step.version, ".txt"));
    for (std::string line; std::getline(file, line);) expected.push_back(line);
    ASSERT_GT(expected.size(), 20U) << step.version;
    std::vector<std::string> state = fixture_state(**store);
    if (step.version < 2) std::erase_if(state, counted_since_schema_2);
    EXPECT_EQ(state, expected) << step.version;
    EXPECT_TRUE((*store)->check().ok());
    EXPECT_TRUE((*store)->append(here, test_mutation("later")).ok());
  }
}

// Writes the fixture of the newest schema; run by hand once a release, with --gtest_also_run_disabled_tests.
TEST(Fixtures, DISABLED_WriteTheNewest) {
  const int schema = migrations().back().version;
  ASSERT_FALSE(std::filesystem::exists(fixture(schema, ".db"))) << "a released fixture is never written again";
  std::filesystem::create_directories(fixture(schema, ".db").parent_path());
  std::ofstream file(fixture(schema, ".txt"));
  const TestFolder folder;
  {
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open({.file = folder.database()}, test_time(0));
    ASSERT_TRUE(store.ok());
    // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same history every time
    std::mt19937 random(1);
    for (int call = 0; call < 400; ++call) (void)random_call(random, here, "", call)(**store);
    for (const std::string& line : fixture_state(**store)) file << line << '\n';
  }
  std::filesystem::copy_file(folder.database(), fixture(schema, ".db"));
}

}  // namespace
}  // namespace likeness::store

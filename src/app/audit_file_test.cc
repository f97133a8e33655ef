#include "app/audit_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace likeness::app {
namespace {

class AuditFileTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static std::string content(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("likeness_audit_test_" + std::to_string(getpid()));
  const std::filesystem::path path_ = folder_ / "audit.json";
};

TEST_F(AuditFileTest, AppendsLinesToAFileThatOnlyItsOwnerReads) {
  {
    AuditFile file;
    EXPECT_FALSE(file.wanted());
    ASSERT_TRUE(file.open(path_, true).ok());
    EXPECT_TRUE(file.wanted() && file.required());
    EXPECT_TRUE(file.write("{\"a\":1}").ok());
    EXPECT_TRUE(file.write("{\"b\":2}").ok());
  }
  struct stat status = {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  AuditFile again;
  ASSERT_TRUE(again.open(path_, false).ok());
  EXPECT_TRUE(again.write("{\"c\":3}").ok());
  EXPECT_EQ(content(path_), "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
}

TEST_F(AuditFileTest, ALineThatADeadProcessLeftHalfWrittenIsEnded) {
  std::ofstream(path_) << "{\"a\":1}\n{\"b";
  AuditFile file;
  ASSERT_TRUE(file.open(path_, false).ok());
  EXPECT_TRUE(file.write("{\"c\":3}").ok());
  EXPECT_EQ(content(path_), "{\"a\":1}\n{\"b\n{\"c\":3}\n");
}

TEST_F(AuditFileTest, FollowsARotation) {
  AuditFile file;
  ASSERT_TRUE(file.open(path_, false).ok());
  EXPECT_TRUE(file.write("old").ok());
  std::filesystem::rename(path_, folder_ / "audit.json.1");
  EXPECT_TRUE(file.write("late").ok());
  ASSERT_TRUE(file.open(path_, false).ok());
  EXPECT_TRUE(file.write("new").ok());
  EXPECT_EQ(content(folder_ / "audit.json.1"), "old\nlate\n");
  EXPECT_EQ(content(path_), "new\n");
}

TEST_F(AuditFileTest, AFileThatCannotBeOpenedLeavesTheOldOneInUse) {
  AuditFile file;
  ASSERT_TRUE(file.open(path_, false).ok());
  EXPECT_EQ(file.open(folder_ / "none/audit.json", true).error().kind, ErrorKind::unavailable);
  std::filesystem::create_symlink(folder_ / "elsewhere", folder_ / "link");
  EXPECT_FALSE(file.open(folder_ / "link", true).ok()) << "a link could lead anywhere";
  EXPECT_TRUE(file.wanted());
  EXPECT_FALSE(file.required());
  EXPECT_TRUE(file.write("still").ok());
  EXPECT_EQ(content(path_), "still\n");
  ASSERT_TRUE(file.open("", false).ok());
  EXPECT_FALSE(file.wanted());
}

// /dev/full refuses every write with ENOSPC.
TEST_F(AuditFileTest, WhatCouldNotBeWrittenIsWrittenWhenThereIsRoom) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  AuditFile file;
  ASSERT_TRUE(file.open("/dev/full", true).ok());
  EXPECT_TRUE(file.ready().ok()) << "nothing is known to be wrong yet";
  EXPECT_EQ(file.write("first").error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(file.ready().ok());
  ASSERT_TRUE(file.open(path_, true).ok());
  EXPECT_TRUE(file.ready().ok());
  EXPECT_EQ(content(path_), "first\n");
}

TEST_F(AuditFileTest, MemoryForUnwrittenLinesIsBounded) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  AuditFile file;
  ASSERT_TRUE(file.open("/dev/full", false).ok());
  const std::string line(AuditFile::max_unwritten / 4, 'x');
  for (int i = 0; i < 8; ++i) EXPECT_FALSE(file.write(line).ok());
  ASSERT_TRUE(file.open(path_, false).ok());
  EXPECT_TRUE(file.write("last").ok());
  EXPECT_EQ(content(path_).size(), 3 * (line.size() + 1) + 5) << "three lines fit, the rest was reported as lost";
}

}  // namespace
}  // namespace likeness::app

#include "app/durable_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/ids.h"

namespace likeness::app {
namespace {

namespace fs = std::filesystem;

class DurableFilesTest : public testing::Test {
 protected:
  DurableFilesTest() { fs::create_directories(folder_); }
  ~DurableFilesTest() override {
    std::error_code failure;
    fs::remove_all(folder_, failure);
  }
  fs::path write(const char* name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  std::string text(const char* name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  // Bytes of a file that has lost its name: who had it open sees what is left on the disk.
  static bool is_all_zeros(int descriptor, std::size_t size) {
    std::vector<char> bytes(size + 1, 'x');
    const ssize_t count = ::pread(descriptor, bytes.data(), bytes.size(), 0);
    return count == static_cast<ssize_t>(size) &&
           std::all_of(bytes.begin(), bytes.begin() + count, [](char byte) { return byte == 0; });
  }

  const fs::path folder_ = fs::temp_directory_path() / ("likeness_files_" + random_uuid());
};

TEST_F(DurableFilesTest, ACopyIsWholeAndPrivate) {
  const std::string large(700'000, 'a');
  const fs::path from = write("from", large);
  ASSERT_TRUE(copy_private_file(from, folder_ / "to").ok());
  EXPECT_EQ(text("to"), large);
  struct stat status{};
  ASSERT_EQ(::stat((folder_ / "to").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(files(), 2U);
  EXPECT_EQ(copy_private_file(folder_ / "none", folder_ / "to").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(text("to"), large) << "what was there stays";
}

TEST_F(DurableFilesTest, WhatIsReplacedIsOverwritten) {
  const std::string secret(300'001, 's');
  write("keys", secret);
  const int old = ::open((folder_ / "keys").c_str(), O_RDONLY);
  ASSERT_GE(old, 0);
  ASSERT_TRUE(replace_secret_file(write("from", "new"), folder_ / "keys").ok());
  EXPECT_EQ(text("keys"), "new");
  EXPECT_TRUE(is_all_zeros(old, secret.size()));
  ::close(old);
  EXPECT_EQ(files(), 2U);
  ASSERT_TRUE(replace_secret_file(folder_ / "from", folder_ / "fresh").ok()) << "where there was none";
  EXPECT_EQ(text("fresh"), "new");
}

TEST_F(DurableFilesTest, AnInterruptedReplacementIsMadeGood) {
  write("keys", "old");
  const fs::path left = write("keys.old", std::string(1000, 's'));  // its second name, or one from before
  const int older = ::open(left.c_str(), O_RDONLY);
  ASSERT_GE(older, 0);
  write("keys.new", "half");
  ASSERT_TRUE(replace_secret_file(write("from", "new"), folder_ / "keys").ok());
  EXPECT_EQ(text("keys"), "new");
  EXPECT_TRUE(is_all_zeros(older, 1000));
  ::close(older);
  EXPECT_EQ(files(), 2U);
}

TEST_F(DurableFilesTest, ASecondNameOfWhatIsThereIsTakenAwayWithoutItsBytes) {
  write("keys", "present");
  fs::create_hard_link(folder_ / "keys", folder_ / "keys.old");  // a replacement was killed between link and rename
  const int present = ::open((folder_ / "keys").c_str(), O_RDONLY);
  ASSERT_GE(present, 0);
  fs::create_directory(folder_ / "keys.new");  // and the next one fails at once
  EXPECT_FALSE(replace_secret_file(write("from", "new"), folder_ / "keys").ok());
  EXPECT_EQ(text("keys"), "present");
  fs::remove(folder_ / "keys.new");
  ASSERT_TRUE(replace_secret_file(folder_ / "from", folder_ / "keys").ok());
  EXPECT_EQ(text("keys"), "new");
  EXPECT_TRUE(is_all_zeros(present, 7));
  ::close(present);
  EXPECT_EQ(files(), 2U);
}

TEST_F(DurableFilesTest, LinksAreNotFollowed) {
  write("target", "somebody's");
  fs::create_symlink(folder_ / "target", folder_ / "link");
  EXPECT_FALSE(remove_secret_file(folder_ / "link").ok());
  EXPECT_EQ(text("target"), "somebody's");
  EXPECT_FALSE(copy_private_file(folder_ / "link", folder_ / "to").ok());
}

TEST_F(DurableFilesTest, WhatIsNotThereIsNoError) {
  EXPECT_TRUE(remove_durably(folder_ / "none").ok());
  EXPECT_TRUE(remove_secret_file(folder_ / "none").ok());
  EXPECT_FALSE(rename_durably(folder_ / "none", folder_ / "to").ok());
}

}  // namespace
}  // namespace likeness::app

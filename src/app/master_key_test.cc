#include "app/master_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "store/memory/memory_store.h"

namespace likeness::app {
namespace {

using testing::HasSubstr;

class MasterKeyTest : public testing::Test {
 protected:
  void SetUp() override {
    unsetenv("LIKENESS_MASTER_KEY_FILE");
    unsetenv("CREDENTIALS_DIRECTORY");
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(data_);
  }
  void TearDown() override {
    unsetenv("LIKENESS_MASTER_KEY_FILE");
    unsetenv("CREDENTIALS_DIRECTORY");
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }

  static Result<LoadedMasterKey> load(const std::filesystem::path& data, const std::filesystem::path& named) {
    return load_master_key(data, named, MissingMasterKey::is_made);
  }
  static std::string fingerprint(const MasterKey& key) { return to_hex(key.derive("test").bytes()); }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("likeness_master_key_test_" + std::to_string(getpid()));
  const std::filesystem::path data_ = folder_ / "data";
  const std::string zeros_ = std::string(64, '0');
  const std::string ones_ = std::string(64, '1');
};

TEST_F(MasterKeyTest, ARestoreMakesNone) {
  EXPECT_EQ(load_master_key(data_, {}, MissingMasterKey::is_an_error).error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(std::filesystem::exists(data_ / "master-key"));
}

TEST_F(MasterKeyTest, FirstStartMakesOneInTheDataFolderThatOnlyItsOwnerReads) {
  const Result<LoadedMasterKey> made = load(data_, {});
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_TRUE(made->in_data_folder);
  struct stat status = {};
  ASSERT_EQ(stat((data_ / "master-key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(fingerprint(load(data_, {})->key), fingerprint(made->key));
}

TEST_F(MasterKeyTest, TheNamedFileComesFirstThenTheVariableThenTheCredential) {
  const std::filesystem::path named = write("named", zeros_ + "\n");
  const std::string of_zeros = fingerprint(load(data_, named)->key);
  const std::filesystem::path variable = write("variable", ones_);
  setenv("LIKENESS_MASTER_KEY_FILE", variable.c_str(), 1);
  EXPECT_EQ(fingerprint(load(data_, named)->key), of_zeros);
  const Result<LoadedMasterKey> by_variable = load(data_, {});
  EXPECT_NE(fingerprint(by_variable->key), of_zeros);
  EXPECT_FALSE(by_variable->in_data_folder);

  write("likeness-master-key", zeros_, 0440);
  setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  EXPECT_EQ(fingerprint(load(data_, {})->key), fingerprint(by_variable->key));
  unsetenv("LIKENESS_MASTER_KEY_FILE");
  EXPECT_EQ(fingerprint(load(data_, {})->key), of_zeros);
  EXPECT_FALSE(std::filesystem::exists(data_ / "master-key"));
}

TEST_F(MasterKeyTest, FileThatOthersReadIsRefused) {
  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    const Result<LoadedMasterKey> refused = load(data_, write("open", zeros_, mode));
    ASSERT_FALSE(refused.ok()) << mode;
    EXPECT_EQ(refused.error().kind, ErrorKind::access_denied);
    EXPECT_THAT(refused.error().message, HasSubstr("chmod 600"));
  }
}

TEST_F(MasterKeyTest, WhatIsNoKeyIsRefused) {
  for (const std::string& text :
       {std::string(), zeros_.substr(1), zeros_ + "0", zeros_ + "\n\n", "g" + zeros_.substr(1), zeros_ + "00"}) {
    const Result<LoadedMasterKey> refused = load(data_, write("bad", text));
    ASSERT_FALSE(refused.ok()) << text;
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupt);
  }
  EXPECT_EQ(load(data_, folder_ / "none").error().kind, ErrorKind::unavailable);
}

TEST_F(MasterKeyTest, FolderWithADatabaseGetsNoNewKey) {
  write("data/likeness.db", "");
  const Result<LoadedMasterKey> refused = load(data_, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(std::filesystem::exists(data_ / "master-key"));
}

TEST_F(MasterKeyTest, StoreKnowsTheKeyThatItWasMadeWith) {
  store::MemoryStore store;
  const Result<LoadedMasterKey> first = load(data_, write("a", zeros_));
  const Result<LoadedMasterKey> second = load(data_, write("b", ones_));
  ASSERT_TRUE(check_master_key(store, first->key, Time{}).ok());
  EXPECT_TRUE(check_master_key(store, first->key, Time{}).ok());
  const Result<void> wrong = check_master_key(store, second->key, Time{});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().kind, ErrorKind::access_denied);
  EXPECT_THAT(wrong.error().message, HasSubstr("--master-key-file"));
  EXPECT_EQ(store.read_outbox(0, 10)->size(), 1U) << "told once";
}

}  // namespace
}  // namespace likeness::app

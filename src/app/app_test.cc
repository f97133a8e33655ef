#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/credentials_file.h"
#include "app/data_folder.h"
#include "app/listen_address.h"
#include "app/object_store_options.h"
#include "app/process_hardening.h"

namespace likeness::app {
namespace {

using testing::HasSubstr;

class AppTest : public testing::Test {
 protected:
  void SetUp() override {
    unsetenv("LIKENESS_ACCESS_KEY_ID");
    unsetenv("LIKENESS_SECRET_ACCESS_KEY");
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("likeness_app_test_" + std::to_string(getpid()));
};

TEST(ListenAddressTest, TakesAddressesWithPorts) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8080")->host, "127.0.0.1");
  EXPECT_EQ(parse_listen_address("127.0.0.1:8080")->port, 8080);
  EXPECT_EQ(parse_listen_address("[::1]:0")->host, "::1");
  EXPECT_EQ(parse_listen_address("localhost:1")->host, "127.0.0.1");
  for (const char* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:8x", "::1:80", ":80"}) {
    EXPECT_FALSE(parse_listen_address(text).ok()) << text;
  }
}

TEST(ObjectStoreOptionsTest, FoldersAndEndpointFromFlagsAndEnvironment) {
  setenv("LIKENESS_S3_ACCESS_KEY_ID", "AKID", 1);
  setenv("LIKENESS_S3_SECRET_ACCESS_KEY", "secret", 1);
  unsetenv("LIKENESS_S3_SESSION_TOKEN");
  const Result<remote::ObjectStoreOptions> options = object_store_options(
      {.buckets = {"photos=/srv/a=b", "more=x"}, .s3_endpoint = "aws", .s3_allow = {"10.0.0.0/8"}}, "eu-west-1");
  unsetenv("LIKENESS_S3_ACCESS_KEY_ID");
  unsetenv("LIKENESS_S3_SECRET_ACCESS_KEY");
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->folders.at("photos"), "/srv/a=b");
  EXPECT_EQ(options->s3->region, "eu-west-1");
  EXPECT_EQ(options->s3->access_key_id, "AKID");
  EXPECT_EQ(options->s3->secret_access_key, "secret");
  EXPECT_EQ(options->s3->session_token, "");
  EXPECT_FALSE(object_store_options({}, "eu-west-1")->s3.has_value());
  for (const std::vector<std::string>& buckets :
       {std::vector<std::string>{"photos"}, std::vector<std::string>{"photos="}, {"a=b", "a=c"}}) {
    EXPECT_FALSE(object_store_options({.buckets = buckets}, "eu-west-1").ok());
  }
  EXPECT_FALSE(object_store_options({.s3_allow = {"10.0.0.0/8"}}, "eu-west-1").ok());
}

TEST_F(AppTest, FirstStartMakesAKeyThatOnlyItsOwnerReads) {
  const Result<keys::NewKey> made = administrator_key(folder_);
  ASSERT_TRUE(made.ok());
  struct stat status = {};
  ASSERT_EQ(stat((folder_ / "credentials").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const Result<keys::NewKey> again = administrator_key(folder_);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->id, made->id);
  EXPECT_EQ(again->secret, made->secret);
  EXPECT_GE(made->secret.size(), 40U);
}

TEST_F(AppTest, TheEnvironmentSetsTheKeyAndLeavesNoFile) {
  setenv("LIKENESS_ACCESS_KEY_ID", "AKIDTEST", 1);
  EXPECT_EQ(administrator_key(folder_).error().kind, ErrorKind::invalid_argument);
  setenv("LIKENESS_SECRET_ACCESS_KEY", "secret", 1);
  const Result<keys::NewKey> key = administrator_key(folder_);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->id, "AKIDTEST");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "credentials"));
  setenv("LIKENESS_ACCESS_KEY_ID", "no/slash", 1);
  EXPECT_FALSE(administrator_key(folder_).ok());
}

TEST_F(AppTest, AnExistingKeyIsFoundAndNoneIsMade) {
  EXPECT_EQ(*existing_administrator_key(folder_), std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "credentials"));
  const std::string made = administrator_key(folder_)->id;
  EXPECT_EQ((*existing_administrator_key(folder_))->id, made);
}

TEST_F(AppTest, ADamagedKeyFileIsRefusedByName) {
  std::ofstream(folder_ / "credentials") << "[default]\n";
  const Result<keys::NewKey> key = administrator_key(folder_);
  ASSERT_FALSE(key.ok());
  EXPECT_EQ(key.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(key.error().message, HasSubstr("credentials"));
}

// In a child, since it cannot be taken back.
TEST(ProcessHardeningTest, MemoryIsNeitherDumpedNorReadByOthers) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    keep_memory_private();
    rlimit core{};
    const bool no_core = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0;
    const int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    _exit((no_core ? 0 : 1) + (umask(0) == 077 ? 0 : 2) + (dumpable == 0 ? 0 : 4));
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
#if defined(__SANITIZE_ADDRESS__)
  EXPECT_EQ(WEXITSTATUS(status), 4) << "the leak check must be able to attach";
#else
  EXPECT_EQ(WEXITSTATUS(status), 0);
#endif
}

TEST(ProcessHardeningTest, AForgottenVariableIsOverwrittenInItsPlace) {
  setenv("LIKENESS_TEST_SECRET", "secret", 1);
  const char* place = std::getenv("LIKENESS_TEST_SECRET");
  const char* before = place - std::strlen("LIKENESS_TEST_SECRET=");
  EXPECT_EQ(std::string(before), "LIKENESS_TEST_SECRET=secret");
  forget_variable("LIKENESS_TEST_SECRET");
  EXPECT_EQ(std::getenv("LIKENESS_TEST_SECRET"), nullptr);
  EXPECT_EQ(std::string(place, 6), std::string(6, '\0'));
  forget_variable("LIKENESS_TEST_SECRET");
}

TEST_F(AppTest, ADataFolderHasOneOwner) {
  {
    const Result<DataFolder> first = DataFolder::open(folder_ / "data");
    ASSERT_TRUE(first.ok());
    const Result<DataFolder> second = DataFolder::open(folder_ / "data");
    ASSERT_FALSE(second.ok());
    EXPECT_THAT(second.error().message, HasSubstr("another likeness process"));
  }
  EXPECT_TRUE(DataFolder::open(folder_ / "data").ok());
}

}  // namespace
}  // namespace likeness::app

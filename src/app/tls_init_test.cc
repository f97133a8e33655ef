#include "app/tls_init.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace likeness::app {
namespace {

using testing::HasSubstr;

class TlsInitTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<void> init(std::vector<std::string> hosts = {}) {
    return tls_init({.data = folder_, .hosts = std::move(hosts)}, clock_, out_);
  }
  [[nodiscard]] std::string text(const char* name) const {
    std::ifstream file(folder_ / "tls" / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("likeness_tls_init_test_" + std::to_string(::getpid()));
  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  std::ostringstream out_;
};

TEST_F(TlsInitTest, MakesFourFilesThatOnlyTheirOwnerReads) {
  ASSERT_TRUE(init({"photos.example", "localhost"}).ok());
  for (const char* name : {"ca.pem", "ca-key.pem", "server.pem", "server-key.pem"}) {
    struct stat status = {};
    ASSERT_EQ(stat((folder_ / "tls" / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << name;
    EXPECT_THAT(text(name), HasSubstr("-----BEGIN "));
  }
  EXPECT_THAT(out_.str(), HasSubstr("certificate for localhost 127.0.0.1 ::1 photos.example\n"));
  EXPECT_THAT(out_.str(), HasSubstr("AWS_CA_BUNDLE=" + (folder_ / "tls/ca.pem").string()));
  EXPECT_EQ(out_.str().find("PRIVATE KEY"), std::string::npos);
}

TEST_F(TlsInitTest, KeepsTheAuthorityAndRenewsTheServer) {
  ASSERT_TRUE(init().ok());
  const std::string authority = text("ca.pem") + text("ca-key.pem");
  const std::string server = text("server.pem");
  ASSERT_TRUE(init().ok());
  EXPECT_EQ(text("ca.pem") + text("ca-key.pem"), authority);
  EXPECT_NE(text("server.pem"), server);
}

TEST_F(TlsInitTest, SaysWhatIsWrong) {
  EXPECT_EQ(init({"no host"}).error().kind, ErrorKind::invalid_argument);
  ASSERT_TRUE(init().ok());
  std::ofstream(folder_ / "tls/ca.pem") << "damaged";
  EXPECT_THAT(init().error().message, HasSubstr((folder_ / "tls").string()));
  std::filesystem::remove_all(folder_);
  std::ofstream(folder_.string()) << "a file";
  EXPECT_EQ(init().error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace likeness::app

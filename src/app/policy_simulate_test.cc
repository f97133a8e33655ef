#include "app/policy_simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace likeness::app {
namespace {

using testing::HasSubstr;

class SimulateTest : public testing::Test {
 protected:
  SimulateTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "simulate_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~SimulateTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& text) {
    const std::string path = folder_ / "policy.json";
    std::ofstream(path) << text;
    return path;
  }

  // What is written, or the error.
  std::string run() {
    std::ostringstream out;
    const Result<bool> allowed = simulate_policies(options_, clock_, out);
    if (!allowed.ok()) return "error: " + allowed.error().message;
    EXPECT_EQ(*allowed, out.str().starts_with("allowed: "));
    return out.str();
  }

  std::filesystem::path folder_;
  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  SimulateOptions options_{.policies = {"search"}, .action = "rekognition:SearchFaces"};
};

TEST_F(SimulateTest, NamesTheStatement) {
  options_.resource = "arn:aws:rekognition:us-east-1:123456789012:collection/photos";
  EXPECT_EQ(run(),
            "allowed: rekognition:SearchFaces on arn:aws:rekognition:us-east-1:123456789012:collection/photos\n"
            "allowed by statement \"SearchCollections\" (Statement[0]) of policy \"search\"\n");
  options_.action = "rekognition:createcollection";
  EXPECT_THAT(run(), HasSubstr("denied: rekognition:CreateCollection"));
  EXPECT_THAT(run(), HasSubstr("implicit deny: no statement allows it"));
  options_.policies.push_back(
      file(R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})"));
  EXPECT_THAT(run(), HasSubstr("explicit deny by Statement[0] of policy \"" + options_.policies[1] + "\""));
}

TEST_F(SimulateTest, TellsWhatTheRequestIsLike) {
  options_.policies = {
      file(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{
    "IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"DateLessThan":{"aws:CurrentTime":"2026-03-01"},
    "Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:username":"AKID","aws:RequestTag/a":"b=c","aws:ResourceTag/d":""},
    "ForAllValues:StringEquals":{"aws:TagKeys":["a","x"]}}}})")};
  options_.source_ip = "192.0.2.1";
  options_.key_id = "AKID";
  options_.secure = true;
  options_.request_tags = {"a=b=c"};
  options_.tag_keys = {"x"};
  options_.resource_tags = {"d="};
  EXPECT_THAT(run(), HasSubstr("allowed:"));
  options_.time = "2026-03-01T00:00Z";
  EXPECT_THAT(run(), HasSubstr("denied:"));
  options_.time = "2026-02-28";
  EXPECT_THAT(run(), HasSubstr("allowed:"));
  options_.tag_keys = {"y"};
  EXPECT_THAT(run(), HasSubstr("denied:"));
}

TEST_F(SimulateTest, AUserIsDecidedAsItsCollectionToo) {
  options_.policies = {file(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*",
    "Resource":"arn:aws:rekognition:*:*:collection/photos"}})")};
  options_.resource = "arn:aws:rekognition:us-east-1:123456789012:collection/photos/user/bob";
  EXPECT_THAT(run(), HasSubstr("allowed:"));
}

TEST_F(SimulateTest, SaysWhatIsWrong) {
  options_.policies = {"serach"};
  EXPECT_THAT(run(), HasSubstr("error: 'serach' is neither a ready-made policy nor a file"));
  options_.policies = {file("{")};
  EXPECT_THAT(run(), HasSubstr("This is no JSON"));
  options_.policies = {file(std::string(30'000, ' '))};
  EXPECT_THAT(run(), HasSubstr("at most 20480 bytes"));
  options_.policies = {"search"};
  options_.action = "rekognition:*";
  EXPECT_THAT(run(), HasSubstr("error: --action 'rekognition:*': there is no such action"));
  options_.action = "rekognition:SearchFaces";
  options_.resource = "photos";
  EXPECT_THAT(run(), HasSubstr("error: --resource"));
  options_.resource = "*";
  options_.source_ip = "localhost";
  EXPECT_THAT(run(), HasSubstr("error: --source-ip"));
  options_.source_ip = "";
  options_.time = "noon";
  EXPECT_THAT(run(), HasSubstr("error: --time"));
  options_.time = "";
  options_.request_tags = {"=b"};
  EXPECT_THAT(run(), HasSubstr("error: --request-tag"));
}

}  // namespace
}  // namespace likeness::app

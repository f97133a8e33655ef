#include "app/keys_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <regex>

#include "store/memory/memory_store.h"

namespace likeness::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using Arguments = std::map<std::string, std::vector<std::string>>;

class AnyPolicy final : public keys::PolicyNames {
 public:
  [[nodiscard]] Result<bool> has_policy(std::string_view name) const override { return name != "none"; }
};

class KeysCommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto ring = keys::KeyRing::open({.scope = scope_, .administrator = keys::NewKey{"ADMIN", "admin-secret"}}, store_,
                                    store_, names_, master_, clock_);
    ASSERT_TRUE(ring.ok());
    ring_ = *std::move(ring);
    add_keys_commands(commands_, *ring_, scope_);
  }

  std::string run(const std::string& command, const Arguments& arguments = {}) {
    const ControlAnswer answer = commands_.run({.command = "keys " + command, .arguments = arguments});
    return (answer.ok ? "" : "failed: ") + answer.text;
  }

  static std::string member(const std::string& json, const std::string& name) {
    std::smatch match;
    const bool found = std::regex_search(json, match, std::regex("\"" + name + "\":\"([^\"]*)\""));
    return found ? match[1].str() : "(absent)";
  }

  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  store::Scope scope_{.account = "123456789012", .region = "us-east-1"};
  store::MemoryStore store_;
  AnyPolicy names_;
  MasterKey master_{SecretKey(std::array<std::uint8_t, SecretKey::size>{})};
  std::unique_ptr<keys::KeyRing> ring_;
  ControlCommands commands_;
};

TEST_F(KeysCommandsTest, TheLifeOfAKey) {
  const std::string made = run("create", {{"policy", {"search"}}, {"note", {"the office"}}, {"json", {"yes"}}});
  const std::string id = member(made, "AccessKeyId");
  const std::string secret = member(made, "SecretAccessKey");
  EXPECT_THAT(made, HasSubstr("\"Version\":1"));
  EXPECT_EQ(member(made, "Account"), "123456789012");
  EXPECT_EQ(secret.size(), 40U);
  EXPECT_EQ(run("list"), "ADMIN\n  state         administrator\n  policies      admin\n" + id +
                             "\n  state         enabled\n  policies      search\n  created       "
                             "2026-02-03T04:05:06.000000Z\n  note          the office\n");
  EXPECT_EQ(run("disable", {{"id", {id}}}), id + " is disabled\n");
  EXPECT_THAT(run("list", {{"json", {"yes"}}}), HasSubstr("\"State\":\"disabled\""));
  EXPECT_EQ(run("enable", {{"id", {id}}}), id + " is enabled\n");
  const std::string next = member(run("rotate", {{"id", {id}}, {"json", {"yes"}}}), "AccessKeyId");
  EXPECT_THAT(run("list", {{"json", {"yes"}}}), HasSubstr("\"RotatedFrom\":\"" + id + "\""));
  EXPECT_EQ(run("policies", {{"id", {next}}, {"policy", {"enroll", "search"}}}), next + " is changed\n");
  EXPECT_THAT(run("list"), HasSubstr("enroll search"));
  EXPECT_EQ(run("delete", {{"id", {id}}}), id + " is deleted\n");
  EXPECT_THAT(run("list"), Not(HasSubstr(id + "\n  state")));
  EXPECT_THAT(run("list") + run("list", {{"json", {"yes"}}}), Not(HasSubstr(secret)));
}

TEST_F(KeysCommandsTest, ASessionHasTheFormOfCredentialProcess) {
  const std::string text = run("session", {{"id", {"ADMIN"}}, {"ttl", {"15m"}}, {"json", {"yes"}}});
  EXPECT_THAT(text, HasSubstr("{\"Version\":1,\"AccessKeyId\":\"LKSA"));
  EXPECT_EQ(member(text, "Expiration"), "2026-02-03T04:20:06Z");
  const auto found = ring_->find(member(text, "AccessKeyId"), member(text, "SessionToken"), clock_.now());
  ASSERT_TRUE(std::holds_alternative<keys::Identity>(found));
  EXPECT_EQ(std::get<keys::Identity>(found).secret->text(), member(text, "SecretAccessKey"));
  EXPECT_THAT(run("session", {{"id", {"ADMIN"}}, {"ttl", {"12h"}}}), HasSubstr("policies           admin"));
}

TEST_F(KeysCommandsTest, SaysWhatWasWrong) {
  EXPECT_THAT(run("create", {{"policy", {"none"}}}), HasSubstr("failed: there is no policy 'none'"));
  EXPECT_THAT(run("disable", {{"id", {"LKIANOBODY"}}}), HasSubstr("failed: there is no access key 'LKIANOBODY'"));
  EXPECT_THAT(run("disable"), HasSubstr("failed: there is no access key ''"));
  EXPECT_THAT(run("delete", {{"id", {"ADMIN"}}}), HasSubstr("failed: the administrator's key"));
  for (const char* ttl : {"14m", "13h", "", "m", "900", "15d", "-15m", "1.5h", "9999999999999h", "15m "}) {
    EXPECT_THAT(run("session", {{"id", {"ADMIN"}}, {"ttl", {ttl}}}), HasSubstr("failed: ")) << ttl;
  }
}

TEST(ParseDuration, NumbersWithUnits) {
  EXPECT_EQ(*parse_duration("900s"), std::chrono::minutes(15));
  EXPECT_EQ(*parse_duration("15m"), std::chrono::minutes(15));
  EXPECT_EQ(*parse_duration("12h"), std::chrono::hours(12));
}

}  // namespace
}  // namespace likeness::app

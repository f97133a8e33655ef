#include "app/policy_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "store/memory/memory_store.h"

namespace likeness::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string document = R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})";

class PolicyCommandsTest : public testing::Test {
 protected:
  Result<std::string> put(const std::string& name, const std::string& text) {
    return put_policy(book_, scope_, "operator", name, text, false);
  }

  const store::Scope scope_{.account = "123456789012", .region = "us-east-1"};
  store::MemoryStore store_;
  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  api::PolicyBook book_{store_, clock_};
};

TEST_F(PolicyCommandsTest, PutShowListDelete) {
  EXPECT_EQ(*put("mine", document), "policy mine is in force\n");
  EXPECT_EQ(*show_policy(book_, scope_, "mine"), document + "\n");
  const std::string listing = *list_policies(book_, scope_, false);
  EXPECT_THAT(listing, StartsWith("admin           ready-made: everything"));
  EXPECT_THAT(listing, HasSubstr("\nmine            put 2026-02-03T04:05:06.000000Z\n"));
  EXPECT_EQ(*delete_policy(book_, scope_, "operator", "mine", false), "policy mine is deleted\n");
  EXPECT_EQ(show_policy(book_, scope_, "mine").error().kind, ErrorKind::not_found);
  EXPECT_EQ(delete_policy(book_, scope_, "operator", "mine", false).error().kind, ErrorKind::not_found);
}

TEST_F(PolicyCommandsTest, SpeakJson) {
  EXPECT_EQ(*put_policy(book_, scope_, "operator", "mine", document, true), R"({"Name":"mine","Done":"in force"})"
                                                                            "\n");
  const std::string listing = *list_policies(book_, scope_, true);
  EXPECT_THAT(listing, StartsWith(R"({"Policies":[{"Name":"admin","ReadyMade":true,"Note":")"));
  EXPECT_THAT(listing, HasSubstr(R"(,{"Name":"mine","ReadyMade":false,"Updated":"2026-02-03T04:05:06.000000Z"}]})"));
}

TEST_F(PolicyCommandsTest, RefuseWhatIsNoPolicyOrStaysAsItIs) {
  EXPECT_THAT(put("mine", "{}").error().message, HasSubstr("Version"));
  EXPECT_THAT(put("admin", document).error().message, HasSubstr("ready-made"));
  EXPECT_THAT(*show_policy(book_, scope_, "admin"), HasSubstr("Everything"));
}

}  // namespace
}  // namespace likeness::app

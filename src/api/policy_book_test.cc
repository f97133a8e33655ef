#include "api/policy_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/memory/memory_store.h"

namespace likeness::api {
namespace {

using testing::HasSubstr;

std::string document(const char* effect) {
  return std::string(R"({"Version":"2012-10-17","Statement":{"Effect":")") + effect +
         R"(","Action":"*","Resource":"*"}})";
}

class PolicyBookTest : public testing::Test {
 protected:
  Result<policy::Effect> effect_of(const std::string& name) {
    const std::vector<std::string> names = {name};
    const PolicyBook::Documents found = TRY(book_.find(scope_, names));
    return found.at(0)->statements.at(0).effect;
  }

  const store::Scope scope_{.account = "123456789012", .region = "us-east-1"};
  store::MemoryStore store_;
  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  PolicyBook book_{store_, clock_};
};

TEST_F(PolicyBookTest, HasTheReadyMadeOnes) {
  const std::vector<std::string> names = {"search", "admin"};
  const auto found = book_.find(scope_, names);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0]->name, "search");
  EXPECT_EQ((*found)[1]->name, "admin");
  EXPECT_THAT(*book_.text(scope_, "admin"), HasSubstr("\"Everything\""));
  EXPECT_THAT(book_.put(scope_, "operator", "admin", document("Deny")).error().message, HasSubstr("ready-made"));
  EXPECT_THAT(book_.remove(scope_, "operator", "admin").error().message, HasSubstr("ready-made"));
}

TEST_F(PolicyBookTest, AChangeIsSeenByTheNextCall) {
  ASSERT_TRUE(book_.put(scope_, "operator", "mine", document("Allow")).ok());
  EXPECT_EQ(*effect_of("mine"), policy::Effect::allow);
  ASSERT_TRUE(book_.put(scope_, "operator", "mine", document("Deny")).ok());
  EXPECT_EQ(*effect_of("mine"), policy::Effect::deny);
  EXPECT_EQ(*book_.text(scope_, "mine"), document("Deny"));
  ASSERT_TRUE(book_.remove(scope_, "operator", "mine").ok());
  EXPECT_EQ(effect_of("mine").error().kind, ErrorKind::not_found);
}

TEST_F(PolicyBookTest, AChangeOfAnotherProcessIsSeenAfterAWhile) {
  ASSERT_TRUE(book_.put(scope_, "operator", "mine", document("Allow")).ok());
  ASSERT_TRUE(effect_of("mine").ok());
  PolicyBook other(store_, clock_);
  ASSERT_TRUE(other.put(scope_, "operator", "mine", document("Deny")).ok());
  EXPECT_EQ(*effect_of("mine"), policy::Effect::allow) << "kept";
  clock_.advance(PolicyBook::max_age);
  EXPECT_EQ(*effect_of("mine"), policy::Effect::deny);
  ASSERT_TRUE(other.put(scope_, "operator", "mine", document("Allow")).ok());
  clock_.advance(-std::chrono::hours(1));
  EXPECT_EQ(*effect_of("mine"), policy::Effect::allow) << "a clock set back does not keep what is old";
}

TEST_F(PolicyBookTest, OneMissingNameIsAnError) {
  const std::vector<std::string> names = {"admin", "gone"};
  EXPECT_EQ(book_.find(scope_, names).error().kind, ErrorKind::not_found);
}

TEST_F(PolicyBookTest, ScopesAreApart) {
  ASSERT_TRUE(book_.put(scope_, "operator", "mine", document("Allow")).ok());
  const std::vector<std::string> names = {"mine"};
  EXPECT_EQ(book_.find({.account = "210987654321", .region = "us-east-1"}, names).error().kind, ErrorKind::not_found);
}

TEST_F(PolicyBookTest, RefusesWhatIsNoPolicy) {
  EXPECT_THAT(book_.put(scope_, "operator", "mine", "{}").error().message, HasSubstr("Version"));
  EXPECT_THAT(book_.put(scope_, "operator", "my policy", document("Deny")).error().message, HasSubstr("name"));
  EXPECT_EQ(effect_of("mine").error().kind, ErrorKind::not_found);
}

TEST_F(PolicyBookTest, AStoredTextThatIsNoPolicyIsSaidToBeDamaged) {
  const store::Mutation mutation{.record = {.kind = "test", .actor = "test", .time = {}, .detail = "{}"}, .once = {}};
  ASSERT_TRUE(store_.put_policy(scope_, {.name = "bad", .document = "{"}, mutation).ok());
  EXPECT_EQ(effect_of("bad").error().kind, ErrorKind::corrupt);
}

TEST_F(PolicyBookTest, ListsAllAndWritesTheLedger) {
  ASSERT_TRUE(book_.put(scope_, "AKID", "mine", document("Allow")).ok());
  const auto entries = book_.list(scope_, "", 10);
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 7U);
  EXPECT_TRUE(entries->front().ready_made);
  EXPECT_EQ(entries->back().name, "mine");
  EXPECT_FALSE(entries->back().ready_made);
  EXPECT_EQ(entries->back().updated, clock_.now());
  EXPECT_TRUE(book_.list(scope_, "mine", 10)->empty());
  const auto outbox = store_.read_outbox(0, 10);
  ASSERT_EQ(outbox->size(), 1U);
  EXPECT_EQ(outbox->front().record.kind, "policy.put");
  EXPECT_EQ(outbox->front().record.actor, "AKID");
  EXPECT_THAT(outbox->front().record.detail, HasSubstr(R"({"policy":"mine","sha256":")"));
}

}  // namespace
}  // namespace likeness::api

#include "policy/ready_made.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "policy/actions.h"
#include "policy/document.h"
#include "policy/evaluate.h"

namespace likeness::policy {
namespace {

bool allows(std::string_view policy, const std::string& action) {
  const ReadyMade* ready = find_ready_made(policy);
  if (ready == nullptr) return false;
  const auto document = parse_document(std::string(policy), ready->text);
  if (!document.ok()) return false;
  const Document* const documents[] = {&*document};
  return evaluate(documents, {.action = action, .resources = {"*"}}, {}).allowed();
}

TEST(ReadyMade, AllAreReadAndSortedByName) {
  EXPECT_TRUE(std::ranges::is_sorted(ready_made_policies(), {}, &ReadyMade::name));
  EXPECT_EQ(ready_made_policies().size(), 6U);
  for (const ReadyMade& ready : ready_made_policies()) {
    const auto document = parse_document(std::string(ready.name), ready.text);
    EXPECT_TRUE(document.ok()) << ready.name << ": " << (document.ok() ? "" : document.error().message);
    EXPECT_TRUE(check_name(ready.name).ok());
    EXPECT_FALSE(ready.note.empty());
  }
  EXPECT_EQ(find_ready_made("nobody"), nullptr);
}

TEST(ReadyMade, EachAllowsItsTradeAndNoOther) {
  struct Row {
    const char* action;
    std::set<std::string> holders;
  };
  const Row rows[] = {
      {"rekognition:CreateCollection", {"admin"}},
      {"rekognition:DeleteCollection", {"admin"}},
      {"rekognition:TagResource", {"admin"}},
      {"rekognition:DescribeCollection", {"admin", "auditor", "enroll", "read-only", "reviewer", "search"}},
      {"rekognition:IndexFaces", {"admin", "enroll"}},
      {"rekognition:DeleteUser", {"admin", "enroll"}},
      {"rekognition:SearchFacesByImage", {"admin", "search"}},
      {"rekognition:SearchUsers", {"admin", "search"}},
      {"rekognition:CompareFaces", {"admin", "search"}},
      {"rekognition:DetectFaces", {"admin", "enroll", "search"}},
      {"rekognition:GetFaceSearch", {"admin", "read-only", "search"}},
      {"rekognition:ListFaces", {"admin", "enroll", "read-only"}},
      {"rekognition:StartStreamProcessor", {"admin"}},
      {"likeness:ReadLedger", {"admin", "auditor"}},
      {"likeness:PutConsent", {"admin", "enroll"}},
      {"likeness:DecideReview", {"admin", "reviewer"}},
      {"likeness:CreateKey", {"admin"}},
      {"likeness:PutPolicy", {"admin"}},
      {"likeness:ListKeys", {"admin", "auditor"}},
  };
  for (const Row& row : rows) {
    for (const ReadyMade& ready : ready_made_policies()) {
      EXPECT_EQ(allows(ready.name, row.action), row.holders.contains(std::string(ready.name)))
          << ready.name << " and " << row.action;
    }
  }
}

TEST(ReadyMade, OnlyTheAdministratorChangesKeysAndPolicies) {
  for (const ReadyMade& ready : ready_made_policies()) {
    for (const char* action : {"likeness:CreateKey", "likeness:UpdateKey", "likeness:RotateKey", "likeness:DeleteKey",
                               "likeness:CreateSession", "likeness:PutPolicy", "likeness:DeletePolicy",
                               "likeness:RestoreBackup", "likeness:EraseSubject"}) {
      EXPECT_EQ(allows(ready.name, action), ready.name == "admin") << ready.name << " and " << action;
    }
  }
}

TEST(Actions, AreTheOperationsAndOurOwn) {
  const auto actions = known_actions();
  EXPECT_EQ(actions.size(), 75 + 1 + likeness_actions().size());
  EXPECT_TRUE(std::ranges::is_sorted(actions));
  EXPECT_EQ(std::ranges::adjacent_find(actions), actions.end());
  EXPECT_TRUE(std::ranges::binary_search(actions, std::string("rekognition:DetectFaces")));
}

}  // namespace
}  // namespace likeness::policy

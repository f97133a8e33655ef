#include "policy/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace likeness::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A document of one statement, from what stands in it beside Effect, Action and Resource.
std::string with(const std::string& more) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*")" +
         (more.empty() ? "" : "," + more) + "}]}";
}

std::string statement(const std::string& members) {
  return R"({"Version":"2012-10-17","Statement":{)" + members + "}}";
}

std::string with_condition(const std::string& condition) { return with(R"("Condition":{)" + condition + "}"); }

std::string refusal(const std::string& text) {
  const auto document = parse_document("p", text);
  return document.ok() ? "accepted" : document.error().message;
}

TEST(Document, IsReadWithAllItsParts) {
  const auto document = parse_document("mine", R"({
    "Version": "2012-10-17", "Id": "any",
    "Statement": [
      {"Sid": "One", "Effect": "Allow", "Action": ["rekognition:Search*", "Likeness:GetConsent"],
       "Resource": "arn:aws:rekognition:*:*:collection/photos"},
      {"Effect": "Deny", "NotAction": "rekognition:DetectFaces", "NotResource": ["arn:aws:*", "*"],
       "Condition": {"ForAnyValue:StringNotLikeIfExists": {"aws:TagKeys": ["a*", "b"]},
                     "DateLessThan": {"aws:CurrentTime": "2026-01-01", "aws:epochtime": 0}}}]})");
  ASSERT_TRUE(document.ok()) << document.error().message;
  EXPECT_EQ(document->name, "mine");
  EXPECT_FALSE(document->asks_for_resource_tags);
  ASSERT_EQ(document->statements.size(), 2U);
  const Statement& one = document->statements[0];
  EXPECT_EQ(one.sid, "One");
  EXPECT_EQ(one.effect, Effect::allow);
  EXPECT_THAT(one.actions.patterns, ElementsAre("rekognition:search*", "likeness:getconsent"));
  EXPECT_FALSE(one.actions.inverted);
  const Statement& two = document->statements[1];
  EXPECT_EQ(two.effect, Effect::deny);
  EXPECT_TRUE(two.actions.inverted);
  EXPECT_TRUE(two.resources.inverted);
  ASSERT_EQ(two.conditions.size(), 3U);
  EXPECT_EQ(two.conditions[0].comparison, Comparison::string_like);
  EXPECT_EQ(two.conditions[0].quantifier, Quantifier::any_value);
  EXPECT_TRUE(two.conditions[0].negated);
  EXPECT_TRUE(two.conditions[0].if_exists);
  EXPECT_EQ(two.conditions[0].values.size(), 2U);
  EXPECT_EQ(two.conditions[2].key.kind, KeyKind::epoch_time);
}

TEST(Document, KnowsWhetherItNeedsTheTagsOfAResource) {
  const auto document = parse_document("p", with_condition(R"("StringEquals":{"aws:ResourceTag/Team":"red"})"));
  ASSERT_TRUE(document.ok());
  EXPECT_TRUE(document->asks_for_resource_tags);
  EXPECT_EQ(document->statements[0].conditions[0].key.tag, "team");
}

struct Refused {
  const char* why;
  std::string text;
  const char* says;
};

class RefusedDocument : public testing::TestWithParam<Refused> {};

TEST_P(RefusedDocument, IsRefusedWithItsPlace) { EXPECT_THAT(refusal(GetParam().text), HasSubstr(GetParam().says)); }

INSTANTIATE_TEST_SUITE_P(
    Elements, RefusedDocument,
    testing::Values(
        Refused{"not JSON", "{", "no JSON at line 1"}, Refused{"not an object", "[]", "a document is an object"},
        Refused{"two values", with("") + "{}", "no JSON"}, Refused{"no version", R"({"Statement":[]})", "Version: "},
        Refused{"old version", R"({"Version":"2008-10-17","Statement":[]})", "Version: "},
        Refused{"no statement", R"({"Version":"2012-10-17"})", "Statement is missing"},
        Refused{"empty statements", R"({"Version":"2012-10-17","Statement":[]})", "one to 100 statements"},
        Refused{"statement of a wrong type", R"({"Version":"2012-10-17","Statement":["a"]})", "Statement[0]: "},
        Refused{"unknown element", R"({"Version":"2012-10-17","Statements":[]})",
                "Statements: there is no such element"},
        Refused{"unknown member", with(R"("condition":{})"), "Statement[0].condition: there is no such element"},
        Refused{"principal", with(R"("Principal":"*")"), "Statement[0].Principal: a policy here belongs to the keys"},
        Refused{"repeated member", with(R"("Effect":"Deny")"), "\"Effect\" stands twice"},
        Refused{"repeated under another spelling", with(R"("\u0045ffect":"Deny")"), "\"Effect\" stands twice"},
        Refused{"effect", statement(R"("Effect":"allow","Action":"*","Resource":"*")"), "Statement.Effect: "},
        Refused{"no effect", statement(R"("Action":"*","Resource":"*")"), "Statement.Effect: "},
        Refused{"no action", statement(R"("Effect":"Deny","Resource":"*")"), "Statement: exactly one of Action and"},
        Refused{"both actions", with(R"("NotAction":"*")"), "Statement[0]: exactly one of Action and NotAction"},
        Refused{"both resources", with(R"("NotResource":"*")"), "exactly one of Resource and NotResource"},
        Refused{"sid", with(R"("Sid":"a b")"), "Statement[0].Sid: "}));

INSTANTIATE_TEST_SUITE_P(
    ActionsAndResources, RefusedDocument,
    testing::Values(
        Refused{"empty list", statement(R"("Effect":"Deny","Action":[],"Resource":"*")"), "Statement.Action: one to"},
        Refused{"wrong type", statement(R"("Effect":"Deny","Action":[7],"Resource":"*")"), "Statement.Action[0]: "},
        Refused{"misspelt", statement(R"("Effect":"Deny","Action":["*","rekognition:DetectFace"],"Resource":"*")"),
                "Statement.Action[1]: no action is named \"rekognition:DetectFace\""},
        Refused{"other service", statement(R"("Effect":"Deny","Action":"s3:GetObject","Resource":"*")"),
                "\"s3:GetObject\" is no action of this server"},
        Refused{"pattern of services", statement(R"("Effect":"Deny","Action":"re*:DetectFaces","Resource":"*")"),
                "is no action of this server"},
        Refused{"variable",
                statement(
                    R"("Effect":"Deny","Action":"*","Resource":"arn:aws:rekognition:*:*:collection/${aws:username}")"),
                "policy variables"},
        Refused{"name for an ARN", statement(R"("Effect":"Deny","Action":"*","Resource":"photos")"),
                "matches no resource"},
        Refused{"ARN of another service",
                statement(R"("Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::bucket/*")"), "matches no resource"},
        Refused{"other partition",
                statement(R"("Effect":"Deny","Action":"*","Resource":"arn:aws-cn:rekognition:*:*:collection/a")"),
                "matches no resource"},
        Refused{"short ARN", statement(R"("Effect":"Deny","Action":"*","Resource":"arn:aws:rekognition:collection/a")"),
                "matches no resource"},
        Refused{"without arn:",
                statement(
                    R"("Effect":"Deny","Action":"*","Resource":"aws:rekognition:us-east-1:123456789012:collection/a")"),
                "matches no resource"}));

INSTANTIATE_TEST_SUITE_P(
    Conditions, RefusedDocument,
    testing::Values(
        Refused{"type", with(R"("Condition":[])"), "Statement[0].Condition: "},
        Refused{"operator", with_condition(R"("StringEqual":{"aws:username":"a"})"),
                "Statement[0].Condition.StringEqual: there is no operator"},
        Refused{"operator's case", with_condition(R"("stringEquals":{"aws:username":"a"})"), "there is no operator"},
        Refused{"ARN operator", with_condition(R"("ArnLike":{"aws:SourceArn":"a"})"),
                "there is no operator \"ArnLike\""},
        Refused{"empty", with_condition(R"("StringEquals":{})"), "Condition.StringEquals: "},
        Refused{"key", with_condition(R"("StringEquals":{"aws:UserAgent":"a"})"),
                "Condition.StringEquals.aws:UserAgent: there is no key"},
        Refused{"tag without key", with_condition(R"("StringEquals":{"aws:RequestTag/":"a"})"), "there is no key"},
        Refused{"no values", with_condition(R"("StringEquals":{"aws:username":[]})"), "one to 256 values"},
        Refused{"value's type", with_condition(R"("StringEquals":{"aws:username":["a",{}]})"),
                "aws:username[1]: a value is"},
        Refused{"number for text", with_condition(R"("StringEquals":{"aws:username":7})"), "this must be a string"},
        Refused{"text for number", with_condition(R"("NumericEquals":{"aws:EpochTime":"many"})"), "a number"},
        Refused{"date", with_condition(R"("DateLessThan":{"aws:CurrentTime":"tomorrow"})"), "a date as"},
        Refused{"boolean", with_condition(R"("Bool":{"aws:SecureTransport":"yes"})"), "true or false"},
        Refused{"block", with_condition(R"("IpAddress":{"aws:SourceIp":"192.0.2.0/99"})"), "an address or a block"},
        Refused{"operator and key", with_condition(R"("StringLike":{"aws:SourceIp":"192.*"})"),
                "does not fit the type"},
        Refused{"quantifier missing", with_condition(R"("StringEquals":{"aws:TagKeys":"a"})"),
                "put ForAnyValue: or ForAllValues:"},
        Refused{"quantifier too many", with_condition(R"("ForAllValues:StringEquals":{"aws:RequestTag/a":"a"})"),
                "this key has one value"},
        Refused{"Null with IfExists", with_condition(R"("NullIfExists":{"aws:username":true})"), "Null takes no"},
        Refused{"variable", with_condition(R"("StringEquals":{"aws:RequestTag/owner":"${aws:username}"})"),
                "policy variables"}));

TEST(Document, HasLimits) {
  EXPECT_THAT(refusal(with("\"Sid\":\"" + std::string(max_document, 'a') + "\"")), HasSubstr("at most 20480 bytes"));
  EXPECT_THAT(refusal(with("\"Sid\":\"" + std::string(max_name + 1, 'a') + "\"")), HasSubstr("Sid"));
  EXPECT_THAT(refusal(std::string(30, '[')), HasSubstr("no JSON"));
  std::string many = R"({"Version":"2012-10-17","Statement":[)";
  for (std::size_t i = 0; i <= max_statements; ++i) many += R"({"Effect":"Deny","Action":"*","Resource":"*"},)";
  many.back() = ']';
  EXPECT_THAT(refusal(many + "}"), HasSubstr("one to 100 statements"));
  EXPECT_THAT(refusal(statement(R"("Effect":"Deny","Action":"*","Resource":"arn:)" + std::string(1024, 'a') + "\"")),
              HasSubstr("one to 1024 bytes"));
}

TEST(Document, TwoStatementsHaveTwoNames) {
  const std::string one = R"({"Sid":"A","Effect":"Deny","Action":"*","Resource":"*"})";
  EXPECT_THAT(refusal(R"({"Version":"2012-10-17","Statement":[)" + one + "," + one + "]}"),
              HasSubstr("Statement[1].Sid: \"A\" names another"));
}

TEST(Document, QuotesLittleOfWhatItRefuses) {
  EXPECT_LT(refusal(with("\"" + std::string(5000, 'x') + "\":1")).size(), 300U);
}

TEST(Name, IsThatOfIam) {
  for (const char* name : {"a", "read-only", "Team_A+=,.@-"}) EXPECT_TRUE(check_name(name).ok()) << name;
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a/b"), std::string("\u00e9"), std::string(129, 'a')}) {
    EXPECT_FALSE(check_name(name).ok()) << name;
  }
}

}  // namespace
}  // namespace likeness::policy

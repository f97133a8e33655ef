#include "policy/evaluate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace likeness::policy {
namespace {

const std::string photos = "arn:aws:rekognition:us-east-1:123456789012:collection/photos";

Document document(const std::string& statements, const std::string& name = "p") {
  auto parsed = parse_document(name, R"({"Version":"2012-10-17","Statement":[)" + statements + "]}");
  EXPECT_TRUE(parsed.ok()) << parsed.error().message;
  return parsed.ok() ? *std::move(parsed) : Document{};
}

Decision decide(const std::vector<Document>& documents, const Question& question, const Context& context = {}) {
  std::vector<const Document*> pointers;
  pointers.reserve(documents.size());
  for (const Document& one : documents) pointers.push_back(&one);
  return evaluate(pointers, question, context);
}

TEST(Evaluate, WithoutAStatementTheAnswerIsNo) {
  const Decision decision = decide({}, {.action = "rekognition:DetectFaces", .resources = {"*"}});
  EXPECT_FALSE(decision.allowed());
  EXPECT_EQ(decision.reason, Reason::not_allowed);
  EXPECT_EQ(decision.statement, std::nullopt);
  EXPECT_EQ(describe(decision), "implicit deny: no statement allows it");
}

TEST(Evaluate, ADenyWinsWhereverItStandsAndIsNamed) {
  const Document allow = document(R"({"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"})", "admin");
  const Document deny = document(R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
                                 R"({"Sid":"NoSearch","Effect":"Deny","Action":"rekognition:Search*","Resource":"*"})",
                                 "night");
  const Question search{.action = "rekognition:SearchFaces", .resources = {photos}};
  for (const auto& documents : {std::vector{allow, deny}, std::vector{deny, allow}}) {
    const Decision decision = decide(documents, search);
    EXPECT_EQ(decision.reason, Reason::denied);
    EXPECT_EQ(decision.statement, (DecidingStatement{.policy = "night", .index = 1, .sid = "NoSearch"}));
    EXPECT_EQ(describe(decision), "explicit deny by statement \"NoSearch\" (Statement[1]) of policy \"night\"");
  }
  const Decision index = decide({allow, deny}, {.action = "REKOGNITION:indexfaces", .resources = {photos}});
  EXPECT_TRUE(index.allowed());
  EXPECT_EQ(describe(index), "allowed by statement \"All\" (Statement[0]) of policy \"admin\"");
}

TEST(Evaluate, ActionsAndResourcesMustBothMatch) {
  const Document some = document(
      R"({"Effect":"Allow","Action":["rekognition:IndexFaces","rekognition:List*"],)"
      R"("Resource":["arn:aws:rekognition:*:*:collection/photos","arn:aws:rekognition:*:*:collection/team-?"]})");
  const auto allowed = [&](const std::string& action, const std::string& collection) {
    return decide({some}, {.action = "rekognition:" + action,
                           .resources = {"arn:aws:rekognition:us-east-1:123456789012:collection/" + collection}})
        .allowed();
  };
  EXPECT_TRUE(allowed("IndexFaces", "photos"));
  EXPECT_TRUE(allowed("ListFaces", "team-a"));
  EXPECT_FALSE(allowed("ListFaces", "team-ab"));
  EXPECT_FALSE(allowed("ListFaces", "Photos"));
  EXPECT_FALSE(allowed("DeleteFaces", "photos"));
}

TEST(Evaluate, NotActionAndNotResourceTurnRound) {
  const Document turned = document(R"({"Effect":"Allow","NotAction":"rekognition:Delete*",)"
                                   R"("NotResource":"arn:aws:rekognition:*:*:collection/photos"})");
  const std::string other = "arn:aws:rekognition:us-east-1:123456789012:collection/other";
  EXPECT_TRUE(decide({turned}, {.action = "rekognition:IndexFaces", .resources = {other}}).allowed());
  EXPECT_FALSE(decide({turned}, {.action = "rekognition:IndexFaces", .resources = {photos}}).allowed());
  EXPECT_FALSE(decide({turned}, {.action = "rekognition:DeleteFaces", .resources = {other}}).allowed());
}

TEST(Evaluate, EveryNameOfAResourceCounts) {
  const std::string bob = photos + "/user/bob";
  const Question question{.action = "rekognition:CreateUser", .resources = {photos, bob}};
  const auto resource_statement = [](const char* effect, const char* element, const std::string& arn) {
    return document(std::string(R"({"Effect":")") + effect + R"(","Action":"*",")" + element + "\":\"" + arn + "\"}");
  };
  EXPECT_TRUE(decide({resource_statement("Allow", "Resource", photos)}, question).allowed());
  EXPECT_TRUE(decide({resource_statement("Allow", "Resource", bob)}, question).allowed());
  EXPECT_FALSE(decide({resource_statement("Allow", "Resource", photos + "/user/eve")}, question).allowed());
  EXPECT_FALSE(decide({resource_statement("Allow", "NotResource", bob)}, question).allowed());
  const Document all = document(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
  EXPECT_FALSE(decide({all, resource_statement("Deny", "Resource", bob)}, question).allowed());
  EXPECT_TRUE(decide({all, resource_statement("Deny", "NotResource", bob)}, question).allowed());
}

// One condition, one request, whether it holds in an Allow.
struct Case {
  const char* condition;
  Context context;
  bool holds;
};

class ConditionCase : public testing::TestWithParam<Case> {};

TEST_P(ConditionCase, HoldsOrNot) {
  const Document one = document(std::string(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{)") +
                                GetParam().condition + "}}");
  EXPECT_EQ(decide({one}, {.action = "rekognition:TagResource", .resources = {photos}}, GetParam().context).allowed(),
            GetParam().holds)
      << GetParam().condition;
}

const Time noon = std::chrono::sys_days(std::chrono::year(2026) / 2 / 3) + std::chrono::hours(12);

INSTANTIATE_TEST_SUITE_P(
    Addresses, ConditionCase,
    testing::Values(
        Case{R"("IpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]})", {.source_ip = "192.0.2.7"}, true},
        Case{R"("IpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]})", {.source_ip = "2001:db8::7"}, true},
        Case{R"("IpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]})", {.source_ip = "192.0.3.7"}, false},
        Case{R"("IpAddress":{"aws:SourceIp":"0.0.0.0/0"})", {}, false},
        Case{R"("IpAddress":{"aws:SourceIp":"0.0.0.0/0"})", {.source_ip = "unknown"}, false},
        Case{R"("IpAddressIfExists":{"aws:SourceIp":"192.0.2.0/24"})", {}, true},
        Case{R"("NotIpAddress":{"aws:SourceIp":["192.0.2.0/24","198.51.100.0/24"]})",
             {.source_ip = "198.51.100.1"},
             false},
        Case{R"("NotIpAddress":{"aws:SourceIp":["192.0.2.0/24","198.51.100.0/24"]})",
             {.source_ip = "203.0.113.1"},
             true},
        Case{R"("NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"})", {}, true}));

INSTANTIATE_TEST_SUITE_P(
    Times, ConditionCase,
    testing::Values(
        Case{R"("DateGreaterThan":{"aws:CurrentTime":"2026-02-03T11:59:59Z"})", {.time = noon}, true},
        Case{R"("DateGreaterThan":{"aws:CurrentTime":"2026-02-03T12:00:00Z"})", {.time = noon}, false},
        Case{R"("DateGreaterThanEquals":{"aws:CurrentTime":"2026-02-03T12:00:00Z"})", {.time = noon}, true},
        Case{R"("DateLessThan":{"aws:CurrentTime":"2026-02-03T13:00:00+01:00"})", {.time = noon}, false},
        Case{R"("DateLessThanEquals":{"aws:CurrentTime":"2026-02-03T13:00:00+01:00"})", {.time = noon}, true},
        Case{R"("DateEquals":{"aws:CurrentTime":"2026-02-03T12:00:00Z"})", {.time = noon}, true},
        Case{R"("DateNotEquals":{"aws:CurrentTime":"2026-02-03T12:00:00Z"})", {.time = noon}, false},
        Case{R"("DateLessThan":{"aws:EpochTime":"2026-02-04"})", {.time = noon}, true},
        Case{R"("NumericLessThan":{"aws:EpochTime":"1770120000"})", {.time = noon}, false},
        Case{R"("NumericLessThanEquals":{"aws:EpochTime":1770120000})", {.time = noon}, true}));

INSTANTIATE_TEST_SUITE_P(
    Texts, ConditionCase,
    testing::Values(
        Case{R"("StringEquals":{"aws:username":["AKA","AKB"]})", {.key_id = "AKB"}, true},
        Case{R"("StringEquals":{"likeness:KeyId":["AKA","AKB"]})", {.key_id = "akb"}, false},
        Case{R"("StringEqualsIgnoreCase":{"likeness:KeyId":["AKA","AKB"]})", {.key_id = "akb"}, true},
        Case{R"("StringNotEquals":{"aws:username":["AKA","AKB"]})", {.key_id = "AKB"}, false},
        Case{R"("StringNotEqualsIgnoreCase":{"aws:username":"AKA"})", {.key_id = "aka"}, false},
        Case{R"("StringLike":{"aws:username":"AK?"})", {.key_id = "AKB"}, true},
        Case{R"("StringNotLike":{"aws:username":"AK*"})", {.key_id = "XK"}, true},
        Case{R"("StringEquals":{"aws:username":"AK*"})", {.key_id = "AKB"}, false},
        Case{R"("StringEquals":{"aws:username":"A"},"Bool":{"aws:SecureTransport":"true"})", {.key_id = "A"}, false},
        Case{R"("Bool":{"aws:SecureTransport":true})", {.secure_transport = true}, true},
        Case{R"("Bool":{"AWS:securetransport":"FALSE"})", {.secure_transport = false}, true}));

const Context red{.request_tags = {{"Team", "red"}, {"size", "12"}}, .tag_keys = {"Team", "size"}};

INSTANTIATE_TEST_SUITE_P(
    Tags, ConditionCase,
    testing::Values(
        Case{R"("StringEquals":{"aws:RequestTag/Team":"red"})", red, true},
        Case{R"("StringEquals":{"aws:requesttag/TEAM":"red"})", red, true},
        Case{R"("StringEquals":{"aws:RequestTag/Team":"blue"})", red, false},
        Case{R"("StringEquals":{"aws:ResourceTag/Team":"red"})", red, false},
        Case{R"("StringEqualsIfExists":{"aws:ResourceTag/Team":"red"})", red, true},
        Case{R"("StringNotEquals":{"aws:ResourceTag/Team":"red"})", red, true},
        Case{R"("StringEquals":{"aws:ResourceTag/Team":"red"})", {.resource_tags = {{"team", "red"}}}, true},
        Case{R"("StringEquals":{"aws:ResourceTag/t":"a"})", {.resource_tags = {{"T", "a"}, {"t", "a"}}}, false},
        Case{R"("NumericLessThan":{"aws:RequestTag/size":20})", red, true},
        Case{R"("NumericGreaterThan":{"aws:RequestTag/size":"20"})", red, false},
        Case{R"("NumericLessThan":{"aws:RequestTag/Team":20})", red, false},
        Case{R"("Null":{"aws:RequestTag/owner":"true"})", red, true},
        Case{R"("Null":{"aws:RequestTag/Team":"true"})", red, false},
        Case{R"("Null":{"aws:RequestTag/Team":false})", red, true},
        Case{R"("Null":{"aws:TagKeys":"false"})", red, true},
        Case{R"("ForAllValues:StringEquals":{"aws:TagKeys":["Team","size","x"]})", red, true},
        Case{R"("ForAllValues:StringEquals":{"aws:TagKeys":["Team","x"]})", red, false},
        Case{R"("ForAllValues:StringEquals":{"aws:TagKeys":"x"})", {}, true},
        Case{R"("ForAnyValue:StringEquals":{"aws:TagKeys":["size","x"]})", red, true},
        Case{R"("ForAnyValue:StringEquals":{"aws:TagKeys":"x"})", red, false},
        Case{R"("ForAnyValue:StringEquals":{"aws:TagKeys":"x"})", {}, false},
        Case{R"("ForAnyValue:StringEqualsIfExists":{"aws:TagKeys":"x"})", {}, true},
        Case{R"("ForAllValues:StringNotLike":{"aws:TagKeys":"secret*"})", red, true},
        Case{R"("ForAnyValue:StringNotEquals":{"aws:TagKeys":"Team"})", red, true}));

TEST(Evaluate, ATagGivenTwiceNeverHelps) {
  const Document deny = document(
      R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
      R"({"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"blue"}}})");
  const Question question{.action = "rekognition:TagResource", .resources = {photos}};
  EXPECT_TRUE(decide({deny}, question, {.request_tags = {{"team", "red"}}}).allowed());
  EXPECT_FALSE(decide({deny}, question, {.request_tags = {{"team", "red"}, {"Team", "red"}}}).allowed());
}

}  // namespace
}  // namespace likeness::policy

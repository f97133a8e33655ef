// Random policies and requests: what parse_document() and evaluate() decide is what the naive twin decides.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "policy/document.h"
#include "policy/evaluate.h"
#include "policy/naive_evaluate.h"

namespace likeness::policy {
namespace {

class Random {
 public:
  std::size_t below(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  const std::string& of(const std::vector<std::string>& choices) { return choices[below(choices.size())]; }
  std::vector<std::string> some_of(const std::vector<std::string>& choices, std::size_t most) {
    std::vector<std::string> result;
    for (std::size_t n = 1 + below(most); n > 0; --n) result.push_back(of(choices));
    return result;
  }

 private:
  std::mt19937 engine_{11};  // NOLINT(cert-msc51-cpp): the same cases every time
};

const std::vector<std::string> dates = {"2026-02-03T04:05:06.000000Z", "2026-02-03T04:05:07.000000Z",
                                        "2027-01-01T00:00:00.000000Z"};
const std::vector<std::string> words = {"red", "Red", "blue", "r*", "?ed", "", "*"};
const std::vector<std::string> numbers = {"-1", "0", "7", "12"};
const std::vector<std::string> addresses = {"192.0.2.1", "192.0.2.200", "10.0.0.1"};
const std::vector<std::string> blocks = {"192.0.2.0/24", "192.0.2.128/25", "0.0.0.0/0", "10.0.0.1/32", "10.0.0.0/31"};
const std::vector<std::string> tags = {"a", "B", "ab"};

std::string random_operator(Random& random, const std::string& type) {
  static const std::map<std::string, std::vector<std::string>> operators = {
      {"String",
       {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
        "StringNotLike"}},
      {"Numeric",
       {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
        "NumericGreaterThanEquals"}},
      {"Date",
       {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
        "DateGreaterThanEquals"}},
      {"Address", {"IpAddress", "NotIpAddress"}},
      {"Bool", {"Bool"}},
  };
  return random.of(operators.at(type)) + (random.one_in(3) ? "IfExists" : "");
}

naive::Line random_line(Random& random) {
  if (random.one_in(8)) {
    return {.op = "Null",
            .key = random.of({"aws:RequestTag/a", "aws:SourceIp", "aws:TagKeys"}),
            .values = {random.of({"true", "false"})}};
  }
  switch (random.below(6)) {
    case 0:
      return {.op = random_operator(random, "Address"), .key = "aws:SourceIp", .values = random.some_of(blocks, 2)};
    case 1:
      return {.op = random_operator(random, "Date"), .key = "aws:CurrentTime", .values = random.some_of(dates, 2)};
    case 2: return {.op = random_operator(random, "Bool"), .key = "aws:SecureTransport", .values = {"true"}};
    case 3:
      return {.op = random.of({"ForAllValues:", "ForAnyValue:"}) + random_operator(random, "String"),
              .key = "aws:tagkeys",
              .values = random.some_of({"a", "b", "*b", "?"}, 2)};
    case 4:
      return {
          .op = random_operator(random, "Numeric"), .key = "aws:ResourceTag/n", .values = random.some_of(numbers, 2)};
    default:
      return {.op = random_operator(random, "String"),
              .key = random.of({"aws:RequestTag/a", "aws:requesttag/B", "aws:ResourceTag/a", "aws:username"}),
              .values = random.some_of(words, 3)};
  }
}

naive::Statement random_statement(Random& random) {
  static const std::vector<std::string> actions = {"*",
                                                   "rekognition:*",
                                                   "rekognition:Search*",
                                                   "likeness:Get*",
                                                   "rekognition:?etectFaces",
                                                   "REKOGNITION:indexfaces"};
  static const std::vector<std::string> resources = {
      "*", "arn:aws:*", "arn:aws:rekognition:us-east-1:123456789012:collection/a",
      "arn:aws:rekognition:*:*:collection/?", "arn:aws:rekognition:*:123456789012:*/b*"};
  naive::Statement statement;
  statement.effect = random.one_in(3) ? "Deny" : "Allow";
  statement.action_element = random.one_in(5) ? "NotAction" : "Action";
  statement.actions = random.some_of(actions, 2);
  statement.resource_element = random.one_in(5) ? "NotResource" : "Resource";
  statement.resources = random.some_of(resources, 2);
  // A second line with the same operator would be the same member of the JSON object.
  std::map<std::string, naive::Line> lines;
  for (std::size_t n = random.below(3); n > 0; --n) {
    naive::Line line = random_line(random);
    lines[line.op] = line;
  }
  for (const auto& [op, line] : lines) statement.conditions.push_back(line);
  return statement;
}

std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string list_of(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return quoted(texts.front());
  std::string json = "[";
  for (const std::string& text : texts) json += quoted(text) + ",";
  json.back() = ']';
  return json;
}

std::string json_of(const std::vector<naive::Statement>& statements) {
  std::string json = R"({"Version":"2012-10-17","Statement":[)";
  for (const naive::Statement& statement : statements) {
    json += R"({"Effect":)" + quoted(statement.effect) + "," + quoted(statement.action_element) + ":" +
            list_of(statement.actions) + "," + quoted(statement.resource_element) + ":" + list_of(statement.resources);
    if (!statement.conditions.empty()) {
      json += R"(,"Condition":{)";
      for (const naive::Line& line : statement.conditions) {
        json += quoted(line.op) + ":{" + quoted(line.key) + ":" + list_of(line.values) + "},";
      }
      json.back() = '}';
    }
    json += "},";
  }
  json.back() = ']';
  return json + "}";
}

// The same request twice: as the twin takes it, and as we do.
struct TwoRequests {
  naive::Request naive;
  Question question;
  Context context;
};

TwoRequests random_request(Random& random) {
  TwoRequests both;
  both.naive.action = random.of(
      {"rekognition:DetectFaces", "rekognition:SearchFaces", "rekognition:IndexFaces", "likeness:GetConsent"});
  both.naive.resource = random.of({"*", "arn:aws:rekognition:us-east-1:123456789012:collection/a",
                                   "arn:aws:rekognition:eu-west-1:123456789012:collection/bb"});
  both.question = {.action = both.naive.action, .resources = {both.naive.resource}};
  auto& keys = both.naive.keys;
  if (!random.one_in(4)) keys["aws:sourceip"] = {both.context.source_ip = random.of(addresses)};
  if (!random.one_in(4)) keys["aws:username"] = {both.context.key_id = random.of({"red", "Red", "blue"})};
  const std::string date = random.of(dates);
  keys["aws:currenttime"] = {date};
  both.context.time = *parse_iso8601_basic(date.substr(0, 4) + date.substr(5, 2) + date.substr(8, 5) +
                                           date.substr(14, 2) + date.substr(17, 2) + "Z");
  both.context.secure_transport = random.one_in(2);
  keys["aws:securetransport"] = {both.context.secure_transport ? "true" : "false"};
  for (const std::string& tag : tags) {
    if (random.one_in(2))
      keys["aws:requesttag/" + naive::lower(tag)] = {both.context.request_tags[tag] = random.of({"red", "blue"})};
    if (random.one_in(2))
      keys["aws:resourcetag/" + naive::lower(tag)] = {both.context.resource_tags[tag] = random.of({"red", "blue"})};
    if (random.one_in(2)) both.context.tag_keys.push_back(tag);
  }
  if (random.one_in(2)) keys["aws:resourcetag/n"] = {both.context.resource_tags["N"] = random.of(numbers)};
  keys["aws:tagkeys"] = both.context.tag_keys;
  return both;
}

std::string ours(const Document& document, const TwoRequests& request) {
  const Document* const documents[] = {&document};
  const Decision decision = evaluate(documents, request.question, request.context);
  if (decision.reason == Reason::not_allowed) return "nothing";
  return decision.allowed() ? "allow" : "deny";
}

TEST(EvaluateTwin, RandomPoliciesAreDecidedAlike) {
  Random random;
  std::map<std::string, int> decided;
  for (int round = 0; round < 1000; ++round) {
    std::vector<naive::Statement> statements;
    for (std::size_t n = 1 + random.below(4); n > 0; --n) statements.push_back(random_statement(random));
    const std::string json = json_of(statements);
    const auto document = parse_document("random", json);
    ASSERT_TRUE(document.ok()) << document.error().message << '\n' << json;
    for (int question = 0; question < 8; ++question) {
      const TwoRequests request = random_request(random);
      const std::string expected = naive::evaluate(statements, request.naive);
      ASSERT_EQ(ours(*document, request), expected) << json << '\n'
                                                    << request.naive.action << ' ' << request.naive.resource;
      ++decided[expected];
    }
  }
  for (const char* decision : {"allow", "deny", "nothing"}) EXPECT_GT(decided[decision], 700) << decision;
}

}  // namespace
}  // namespace likeness::policy

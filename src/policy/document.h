// A policy document of IAM's language, read: what an identity may do, which the server attaches to access keys.
//
//   {"Version": "2012-10-17",
//    "Statement": [{"Sid": "Photos", "Effect": "Allow", "Action": ["rekognition:Search*"],
//                   "Resource": "arn:aws:rekognition:*:*:collection/photos",
//                   "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}]}
//
// Source: IAM User Guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language". What is
// supported of it, and what is stricter, stands in docs/authorization.md. Nothing is ignored: an element, operator,
// condition key, action or service that is not known here, a repeated member and a policy variable are errors, since a
// part of a policy that does nothing is a permission that nobody meant to give, or a ban that does not hold.
//
// Thread rule: plain values and free functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/condition.h"

namespace likeness::policy {

inline constexpr std::size_t max_document = 20UL * 1024;  // bytes
inline constexpr std::size_t max_statements = 100;
inline constexpr std::size_t max_patterns = 500;  // of one Action or Resource
inline constexpr std::size_t max_name = 128;      // bytes; of a policy, and of a Sid

// One of Action, NotAction, Resource and NotResource.
struct Patterns {
  std::vector<std::string> patterns;  // not empty; actions in lower case
  bool inverted = false;              // NotAction, NotResource: everything that no pattern matches
};

struct Statement {
  std::string sid;  // empty if it has none
  Effect effect = Effect::deny;
  Patterns actions;
  Patterns resources;
  std::vector<Condition> conditions;  // all must hold
};

struct Document {
  std::string name;  // of the policy
  std::vector<Statement> statements;
  bool asks_for_resource_tags = false;  // a condition reads them, so that a caller need not fetch them for nothing
};

// Letters, digits and _+=,.@- as IAM has it, at most max_name. Errors: invalid_argument.
[[nodiscard]] Result<void> check_name(std::string_view name);

// Errors: malformed (no JSON), invalid_argument (anything else; the message names the place, as
// "Statement[1].Condition.StringEqual").
[[nodiscard]] Result<Document> parse_document(std::string name, std::string_view text);

}  // namespace likeness::policy

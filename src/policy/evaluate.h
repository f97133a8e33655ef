// May this be done? Pure: documents and what is asked in, a decision with its reason out.
//
// As in IAM ("Policy evaluation logic"): a statement that matches and says Deny decides; without one, a statement that
// matches and says Allow; without one, the answer is no. The order of documents and statements does not matter for the
// answer; of several that decide, the first is named.
//
// A resource can have several names: a user of a collection is asked for under the collection's ARN, as AWS does, and
// under the user's own. A pattern matches the resource if it matches any of its names; NotResource means that its
// patterns match none.
//
// Thread rule: plain values and free functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/condition.h"
#include "policy/document.h"

namespace likeness::policy {

struct Question {
  std::string action;                  // "rekognition:SearchFaces", in any case
  std::vector<std::string> resources;  // the names of the one resource, ARNs or "*"; not empty
};

enum class Reason : std::uint8_t {
  allowed,      // a statement allows it
  denied,       // a statement denies it
  not_allowed,  // no statement speaks of it
};

struct DecidingStatement {
  std::string policy;     // its document's name
  std::size_t index = 0;  // in the document, from 0
  std::string sid;        // empty if it has none

  bool operator==(const DecidingStatement&) const = default;
};

struct Decision {
  Reason reason = Reason::not_allowed;
  std::optional<DecidingStatement> statement;  // unless no statement speaks of it

  [[nodiscard]] bool allowed() const { return reason == Reason::allowed; }
};

// The pointers are not null.
[[nodiscard]] Decision evaluate(std::span<const Document* const> documents, const Question& question,
                                const Context& context);

// For people: `explicit deny by statement "NoSearch" (Statement[2]) of policy "night"`.
[[nodiscard]] std::string describe(const Decision& decision);

}  // namespace likeness::policy

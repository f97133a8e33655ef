// One line of a statement's Condition: an operator, a key of the request, and the values it is compared with.
//
//   "ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["team", "cost-*"]}
//    ^ quantifier ^ comparison ^ if_exists  ^ key        ^ values
//
// Meaning, as in IAM ("IAM JSON policy elements: Condition operators"; "Single-valued and multivalued context keys"):
//  - one of the values must match; of a negated operator (StringNotEquals, NotIpAddress, ...) none may;
//  - a key that the request has not: a negated operator holds, any other does not; with IfExists both hold;
//  - ForAllValues holds if each of the request's values does, so also if there are none; ForAnyValue if one does.
// Stricter than IAM, each because the loose form says yes where its author meant no:
//  - ForAllValues and ForAnyValue go with aws:TagKeys, which has many values, and aws:TagKeys with them, only;
//  - an operator must fit the key's type (no StringLike of an address);
//  - tag keys are compared without case, and if a request has two tags whose keys differ in case only, a condition on
//    that tag holds in a Deny and fails in an Allow, whatever their values.
//
// Thread rule: plain values and free functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "policy/ip_range.h"

namespace likeness::policy {

struct JsonValue;

enum class Effect : std::uint8_t { allow, deny };

// What a request says about itself besides its action and resource.
struct Context {
  std::string source_ip{};        // aws:SourceIp, text of an address; empty or no address: the request has no such key
  Time time{};                    // aws:CurrentTime, aws:EpochTime
  bool secure_transport = false;  // aws:SecureTransport: it came over TLS
  std::string key_id{};           // aws:username, likeness:KeyId; empty: no such key
  std::map<std::string, std::string> request_tags{};   // aws:RequestTag/KEY: that it wants to set
  std::vector<std::string> tag_keys{};                 // aws:TagKeys: that it wants to set or remove
  std::map<std::string, std::string> resource_tags{};  // aws:ResourceTag/KEY: of what it is about
};

enum class Comparison : std::uint8_t {
  string_equals,
  string_equals_ignore_case,
  string_like,
  numeric_equals,
  numeric_less,
  numeric_less_equals,
  numeric_greater,
  numeric_greater_equals,
  date_equals,
  date_less,
  date_less_equals,
  date_greater,
  date_greater_equals,
  boolean,
  ip_address,
  null,  // whether the key is absent
};

enum class Quantifier : std::uint8_t { one_value, any_value, all_values };

enum class KeyKind : std::uint8_t {
  source_ip,
  current_time,
  epoch_time,
  secure_transport,
  username,
  key_id,
  tag_keys,
  request_tag,
  resource_tag,
};

struct ConditionKey {
  KeyKind kind = KeyKind::source_ip;
  std::string tag;  // of request_tag and resource_tag: the tag's key in lower case
};

using ConditionValue = std::variant<std::string, double, Time, bool, IpRange>;

struct Condition {
  Comparison comparison = Comparison::string_equals;
  bool negated = false;
  bool if_exists = false;
  Quantifier quantifier = Quantifier::one_value;
  ConditionKey key;
  std::vector<ConditionValue> values;  // not empty; all of the type that the comparison compares
};

// The object that stands behind "Condition". Errors: invalid_argument; the message begins with the place, below
// `place`.
[[nodiscard]] Result<std::vector<Condition>> parse_conditions(const JsonValue& json, const std::string& place);

// `effect` is that of the statement: see tag keys above.
[[nodiscard]] bool holds(const Condition& condition, const Context& context, Effect effect);

// Read as a policy's value and as a request's. Nothing if the whole text is no finite decimal number.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

inline constexpr std::size_t max_condition_values = 256;  // of one key; the document's size bounds them further

}  // namespace likeness::policy

// A policy document's JSON as a tree. Boost.JSON's own tree lets the last of two members with one name win without a
// word; in a policy the first may have been the one that forbids, so here a repeated name is an error.
//
// Bounds: max_json_depth levels; the caller bounds the text.
//
// Thread rule: plain values and a free function.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace likeness::policy {

inline constexpr std::size_t max_json_depth = 8;  // a condition's value, the deepest thing of a policy, is at 6

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  std::string text;                 // a string's characters; of a number or boolean, what is written: "12", "true"
  std::vector<JsonValue> items;     // of an array
  std::vector<JsonMember> members;  // of an object, as written; no two have one name

  // Null if the object has no such member.
  [[nodiscard]] const JsonValue* find(std::string_view name) const;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// Errors: malformed (no JSON, invalid UTF-8, more than one value, too deep, a repeated name).
[[nodiscard]] Result<JsonValue> parse_json(std::string_view text);

}  // namespace likeness::policy

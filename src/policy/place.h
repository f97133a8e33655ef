// Where in a document something is wrong, and how that is said: `Statement[1].Condition.StringEqual: there is no ...`.
//
// Thread rule: free functions on values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/text.h"

namespace likeness::policy {

// Of a document's own words, at most this many characters are quoted.
inline constexpr std::size_t max_quoted = 100;

[[nodiscard]] inline std::string below(const std::string& place, std::string_view name) {
  const std::string quoted(wire::first_characters(name, max_quoted));
  return place.empty() ? quoted : place + "." + quoted;
}

[[nodiscard]] inline std::string at(const std::string& place, std::size_t index) {
  return place + "[" + std::to_string(index) + "]";
}

[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  return "\"" + std::string(wire::first_characters(text, max_quoted)) + "\"";
}

[[nodiscard]] inline Error wrong(const std::string& place, const std::string& what) {
  return {ErrorKind::invalid_argument, place.empty() ? what : place + ": " + what};
}

// IAM would put a value of the request in place of "${aws:username}". Taken literally, such a statement would mean
// something else than its author wrote, so it is refused. Errors: invalid_argument.
[[nodiscard]] inline Result<void> refuse_variables(std::string_view text, const std::string& place) {
  if (text.find("${") == std::string_view::npos) return {};
  return wrong(place, "policy variables (${...}) are not supported; write the value itself, or a wildcard");
}

}  // namespace likeness::policy

// Patterns of policies: `*` stands for any characters, none included, and `?` for exactly one. Everything else stands
// for itself, and a pattern covers the whole text. `*` does not stop at `/` or `:`, as in IAM, where the last `*` of a
// part reaches beyond it.
//
// Work: of several `*` only the last one reached is ever taken back, so a text of n bytes costs at most n times the
// length of the pattern, which is at most max_pattern: linear in what a client sends, whatever the pattern.
//
// Thread rule: a free function.
#pragma once

#include <cstddef>
#include <string_view>

namespace likeness::policy {

// Bytes. The longest ARN of Rekognition, that of a project's version, has some 620.
inline constexpr std::size_t max_pattern = 1024;

// Both are UTF-8, and a character is a code point.
[[nodiscard]] bool matches_wildcard(std::string_view pattern, std::string_view text);

}  // namespace likeness::policy

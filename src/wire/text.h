// Lengths of UTF-8 text in characters. A character is a code point: that is how Smithy, the language of AWS's service
// descriptions, defines the length of a string ("the number of Unicode scalar values", specification of the trait
// `length`), and how botocore counts before it sends. (Java's String.length() would count an emoji twice.)
//
// Thread rule: free functions on values. Precondition of all: the text is valid UTF-8, as everything is that was read.
#pragma once

#include <cstddef>
#include <string_view>

namespace likeness::wire {

[[nodiscard]] std::size_t character_count(std::string_view text);

// The start of `text`, at most `count` characters of it.
[[nodiscard]] std::string_view first_characters(std::string_view text, std::size_t count);

}  // namespace likeness::wire

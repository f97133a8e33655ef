// The constraints of the service description, checked on a request that was read.
//
// All violations are collected and told in one message in the live service's form, which clients' log parsers know:
//
//   2 validation errors detected: Value null at 'image' failed to satisfy constraint: Member must not be null; Value
//   '[SMILES]' at 'attributes.1.member' failed to satisfy constraint: Member must satisfy enum value set: [DEFAULT,
//   ALL]
//
// A value is quoted as the live service (a Java program) prints it: a blob as "java.nio.HeapByteBuffer[pos=0 lim=5
// cap=5]", which also keeps picture bytes out of answers and logs, a list as "[a, b]", a map as "{k=v}", a float as
// "1.0", a structure by its name alone. Of a long value the first max_quoted_characters are quoted, followed by "...".
//
// The pattern of a string that is too long is not looked at: the answer is no already, and this bounds the work.
//
// Thread rule: free functions, callable from any thread.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "wire/json_reader.h"
#include "wire/schema.h"

namespace likeness::wire {

inline constexpr std::size_t max_violations = 10;  // the search ends there; the message counts those it tells
inline constexpr std::size_t max_quoted_characters = 100;

// Checks `structure`, of that shape, and everything in it. `unknown_names` is what read_json() returned for it.
// Errors: invalid_argument.
[[nodiscard]] Result<void> validate(const Shape& shape, const void* structure, const UnknownNames& unknown_names);

}  // namespace likeness::wire

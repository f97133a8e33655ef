// JSON text to values, over the event parser of Boost.JSON: no tree is built. A string without escapes goes from the
// body to its place in one step, base64 is decoded out of the body, and members that nobody knows leave nothing behind.
//
// What is read: unknown members are ignored, of a repeated member the last one counts, null is the same as absent,
// integers may be written as floats without a fraction ("5.0"), floats as integers.
//
// Refused as malformed: text that is no JSON, more than one value, invalid UTF-8, a body that is no object, a value of
// another JSON type than its shape's, an integer outside its C++ type, a number that is no finite float, text that is
// no base64 where a blob is expected, and null as an element of a list or map (Smithy's lists are dense unless they say
// otherwise; its protocol tests expect a SerializationException).
//
// Bounds: objects and arrays nest at most max_depth deep. A list or map keeps one element more than its shape allows,
// which is what the validator needs to refuse it, and all lists and maps of one request together hold at most
// max_elements. So beside the body there are at most 3 times its bytes (text with escapes is gathered once before it is
// stored or decoded), plus max_elements times the largest element, some 10 MB.
//
// Thread rule: free functions, callable from any thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/schema.h"

namespace likeness::wire {

inline constexpr std::size_t max_depth = 32;         // the deepest request of Rekognition has 8 levels
inline constexpr std::size_t max_elements = 65'536;  // the longest list that Rekognition allows has 4096
inline constexpr std::size_t max_unknown_names = 64;
inline constexpr std::size_t max_unknown_name_characters =
    101;  // one more than messages quote, so that they see the cut

// Text that was found where the name of an enumerator belongs and is none, by the path of its value; the value itself
// is unknown_enumerator. At most max_unknown_names are kept.
using UnknownNames = std::map<std::string, std::string>;

// Reads `body` into `structure`, an empty structure of that shape. No constraint is checked.
// Errors: malformed; invalid_argument if there are more than max_elements elements.
[[nodiscard]] Result<UnknownNames> read_json(const Shape& shape, void* structure, std::string_view body);

}  // namespace likeness::wire

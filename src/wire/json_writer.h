// Values to JSON text, as AWS's JSON 1.1 protocol writes them.
//
// Absent members are left out. A float is written with the fewest digits that give the same float again, a timestamp as
// seconds since 1970 with at most three decimals. JSON has no infinity and no NaN; a float that is one is written as
// null, which clients read as absent: an answer without one number is better than an answer that does not parse.
//
// Thread rule: free functions, callable from any thread.
#pragma once

#include <string>

#include "wire/schema.h"

namespace likeness::wire {

// Appends the JSON text of `value`, which has the type of `shape`.
void append_json(std::string& out, const Shape& shape, const void* value);

}  // namespace likeness::wire

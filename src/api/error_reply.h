// An error as a client of the API receives it, read back: the other direction of error_table.h.
//
// Thread rule: a free function, callable from any thread.
#pragma once

#include <string_view>

#include "base/result.h"

namespace likeness::api {

// The kind whose code the body has, with the body's message: the first kind, where several have one code. Codes about
// who asks (signature, unknown key) are access_denied. Any status of 5xx is unavailable. Of a body without a code that
// is ours, which a proxy may have sent: overloaded if the status is 429, otherwise malformed, and the message says what
// came.
[[nodiscard]] Error error_of_reply(int status, std::string_view body);

}  // namespace likeness::api

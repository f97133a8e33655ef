// The operations whose meaning is written, by name: from the body of a request to the body of its answer.
//
// Thread rule: a free function; callable from any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/caller.h"
#include "api/http.h"
#include "api/services.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

// Whether its meaning is written.
[[nodiscard]] bool is_answered(wire::Operation operation);

// Parses and validates the body, runs the operation and writes the answer. An operation that is not written yet is
// validated all the same, and then answers UnsupportedOperationException.
[[nodiscard]] Response run_operation(wire::Operation operation, std::string_view body, const Services& services,
                                     const Caller& caller);

}  // namespace likeness::api

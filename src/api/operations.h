// The operations whose meaning is written, by name: from the body of a request to the body of its answer.
//
// Thread rule: a free function; callable from any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"
#include "api/services.h"
#include "wire/message.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

// Whether its meaning is written.
[[nodiscard]] bool is_answered(wire::Operation operation);

// Reads the body, lets `inspect` decide whether its sender may ask this, validates it, runs the operation and writes
// the answer. An operation that is not written yet is treated the same, and then answers UnsupportedOperationException.
[[nodiscard]] Response run_operation(wire::Operation operation, std::string_view body, const Services& services,
                                     const wire::Inspect& inspect);

}  // namespace likeness::api

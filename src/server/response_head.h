// The head of an answer as bytes: status line and header fields (RFC 9112), with those that every answer of ours has.
//
// Thread rule: a free function on values.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"
#include "base/time.h"

namespace likeness::server {

// Date (the AWS SDKs correct their clocks by it), Content-Type, Content-Length, Connection and x-amzn-RequestId come
// first, then the headers of `response`. A header whose name is no token or whose value has control characters
// (RFC 9110 section 5) is left out: nothing that a service puts there can start a header or an answer of its own.
// `keep_alive` is false if the connection is closed after this answer.
[[nodiscard]] std::string response_head(const api::Response& response, std::string_view request_id, bool keep_alive,
                                        Time now);

}  // namespace likeness::server

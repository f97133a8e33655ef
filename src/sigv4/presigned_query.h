// The form of a claim that travels in the query, so that a request can be given away as a URL.
//
// Source: AWS IAM User Guide, "Authentication methods", query string; Amazon S3 API reference, "Authenticating
// Requests: Using Query Parameters". Names of parameters are exact, as AWS's are; escapes in them are undone first.
//
// Thread rule: free functions on values.
#pragma once

#include <chrono>
#include <string_view>
#include <variant>

#include "base/time.h"
#include "sigv4/authorization.h"
#include "sigv4/failure.h"
#include "sigv4/request_view.h"

namespace likeness::sigv4 {

// The one parameter that the signature does not cover.
inline constexpr std::string_view signature_parameter = "X-Amz-Signature";
// X-Amz-Expires: at least a second and at most seven days, as AWS has it.
inline constexpr Micros max_lifetime = std::chrono::days(7);

// Whether the query has any of X-Amz-Algorithm, X-Amz-Credential and X-Amz-Signature.
[[nodiscard]] bool is_presigned(std::string_view target);

// Failures: incomplete_signature, unknown_token, signature_mismatch and wrong_scope, as parse_authorization().
[[nodiscard]] std::variant<Authorization, Failure> parse_presigned_query(const RequestView& request);

}  // namespace likeness::sigv4

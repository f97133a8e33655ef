// What an Authorization header claims, before anything is known to be true. Nothing here needs the body, so a server
// refuses what is malformed, stale or meant for somebody else before it reads one.
//
//   Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260203/us-east-1/rekognition/aws4_request,
//                  SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=<64 hexadecimal digits>
//
// Source: AWS IAM User Guide, "Create a signed AWS API request", step 5.
// Stricter than the specification in these points, each because the opposite helps nobody but an attacker:
//  - every x-amz-* header must be signed; all AWS SDKs do so, and x-amz-target decides what a request does;
//  - a repeated Authorization, X-Amz-Date or Date header, a repeated part and a repeated signed name are malformed;
//  - at most 64 names in SignedHeaders and 128 characters of access key id.
// A request with X-Amz-Security-Token is refused as unknown_token: session tokens are not supported yet.
//
// Thread rule: plain values and free functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "sigv4/failure.h"
#include "sigv4/request_view.h"
#include "sigv4/signing_key.h"

namespace likeness::sigv4 {

// A signature is accepted this long before and after its time. AWS's services allow 5 minutes (most) to 15 (Amazon
// S3); the longer time forgives cameras and laptops with poor clocks.
inline constexpr Micros time_window = std::chrono::minutes(15);

struct Authorization {
  std::string access_key_id;                // not empty, at most 128 characters
  Scope scope;                              // its date is the day of `time`
  std::vector<std::string> signed_headers;  // lower case, sorted, unique; "host" is among them
  std::string signature;                    // as sent; compare with constant_time_equal
  Time time;                                // of X-Amz-Date or, without one, Date
};

// Failures: missing_token, incomplete_signature, unknown_token (a session token), signature_mismatch (an x-amz-*
// header is not signed), wrong_scope (another day or terminator).
[[nodiscard]] std::variant<Authorization, Failure> parse_authorization(std::span<const HeaderView> headers);

// Whether the claim is meant for this region and service, and now. Failures: wrong_scope, expired, not_yet_current.
[[nodiscard]] std::optional<Failure> check_claim(const Authorization& authorization, std::string_view region,
                                                 std::string_view service, Time now);

}  // namespace likeness::sigv4

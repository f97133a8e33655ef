// What a signed request claims, before anything is known to be true. Nothing here needs the body, so a server
// refuses what is malformed, stale or meant for somebody else before it reads one.
//
// A claim comes in one of two forms, never in both:
//
//   Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260203/us-east-1/rekognition/aws4_request,
//                  SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=<64 hexadecimal digits>
//
//   POST /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=...&X-Amz-Date=20260203T040506Z&X-Amz-Expires=900
//         &X-Amz-SignedHeaders=host%3Bx-amz-target&X-Amz-Signature=...                     (a presigned query)
//
// Sources: AWS IAM User Guide, "Create a signed AWS API request", step 5, and "Authentication methods", query string.
// Stricter than the specification in these points, each because the opposite helps nobody but an attacker:
//  - every x-amz-* header must be signed, X-Amz-Security-Token among them; all AWS SDKs do so, and x-amz-target decides
//    what a request does;
//  - a repeated Authorization, Date or X-Amz-* header that we read, a repeated X-Amz-* parameter of a presigned query,
//  a
//    repeated part and a repeated signed name are malformed;
//  - a presigned query must say X-Amz-Expires, from 1 second to 7 days;
//  - at most 64 names in SignedHeaders, 128 characters of access key id and 4096 of a session token.
//
// Thread rule: plain values and free functions.
#pragma once

#include <cstddef>
#include <optional>
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

// A longer session token is none of ours.
inline constexpr std::size_t max_session_token_characters = 4096;

struct Authorization {
  std::string access_key_id;                // not empty, at most 128 characters
  Scope scope;                              // its date is the day of `time`
  std::vector<std::string> signed_headers;  // lower case, sorted, unique; "host" is among them
  std::string signature;                    // as sent; compare with constant_time_equal
  Time time;                                // of X-Amz-Date or, in a header's form only, Date
  bool presigned = false;                   // in the query
  Micros lifetime{};                        // from `time` on, 1 s to 7 days; zero if it is not presigned
  std::string session_token;                // empty: the key is a lasting one
  // X-Amz-Content-SHA256: the body's hash in hexadecimal or "UNSIGNED-PAYLOAD"; see verify().
  std::optional<std::string> payload_claim;
};

// Failures: missing_token, incomplete_signature, unknown_token (an empty or overlong session token), signature_mismatch
// (an x-amz-* header is not signed), wrong_scope (another day or terminator).
[[nodiscard]] std::variant<Authorization, Failure> parse_authorization(const RequestView& request);

// Whether the claim is meant for this region and service, and now: a header from 15 minutes before its time to 15
// after, a presigned query from 15 minutes before its time to the end of its lifetime. Failures: wrong_scope, expired,
// not_yet_current.
[[nodiscard]] std::optional<Failure> check_claim(const Authorization& authorization, std::string_view region,
                                                 std::string_view service, Time now);

}  // namespace likeness::sigv4

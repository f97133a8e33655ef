// What the two forms of a claim, the Authorization header and the presigned query, have in common.
//
// Thread rule: free functions on values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigv4/authorization.h"
#include "sigv4/failure.h"
#include "sigv4/request_view.h"

namespace likeness::sigv4 {

[[nodiscard]] Failure incomplete(std::string message);

// The pieces of `text` between separators; one more than there are separators.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// Reads "AKID/20260203/us-east-1/rekognition/aws4_request" into `authorization`, whose time is known already.
// Failures: incomplete_signature, wrong_scope (another day or terminator).
[[nodiscard]] std::optional<Failure> read_credential(std::string_view text, Authorization& authorization);

// Reads "host;x-amz-date" into `names`, in lower case and sorted. Every x-amz-* header of the request must be named.
// Failures: incomplete_signature, signature_mismatch (an x-amz-* header is not signed).
[[nodiscard]] std::optional<Failure> read_signed_headers(std::string_view text, std::span<const HeaderView> headers,
                                                         std::vector<std::string>& names);

// The value of a header that may be there once, if it is. Failures: incomplete_signature (it is there more often).
[[nodiscard]] std::optional<Failure> read_single_header(std::span<const HeaderView> headers,
                                                        std::string_view lower_name, std::optional<std::string>& value);

// Keeps a session token. Failures: unknown_token (empty or longer than ours ever are).
[[nodiscard]] std::optional<Failure> read_session_token(std::string token, Authorization& authorization);

}  // namespace likeness::sigv4

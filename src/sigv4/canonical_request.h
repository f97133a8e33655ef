// The one text of a request that client and server both hash: the canonical request of Signature Version 4.
// Source: AWS IAM User Guide, "Create a signed AWS API request", step 1; the path in the form that
// the request names. Checked against botocore by tests/sigv4, and against Amazon S3's rules by tests/test_s3_input.py.
//
// Thread rule: free functions on values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sigv4/request_view.h"

namespace likeness::sigv4 {

// Method, path, query, the headers named in `signed_headers`, their names, and the payload hash, a line each.
// `signed_headers` are lower case, sorted and unique; `payload_hash` is the body's SHA-256 in lower-case hexadecimal,
// or "UNSIGNED-PAYLOAD". Parameters named `omitted` are left out of the query: a presigned query carries its own
// signature. Empty if a named header is not in the request.
[[nodiscard]] std::optional<std::string> canonical_request(const RequestView& request,
                                                           std::span<const std::string> signed_headers,
                                                           std::string_view payload_hash,
                                                           std::string_view omitted = {});

// Names and values with their escapes undone, in the order of the query; empty pieces between '&' are no parameters.
// A '+' is a plus sign, and a '%' without two digits behind it stands for itself.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> decoded_query(std::string_view query);

// What stands behind the '?' of a target, and what before it.
[[nodiscard]] std::string_view query_of(std::string_view target);
[[nodiscard]] std::string_view path_of(std::string_view target);

// Every byte but the unreserved ones of RFC 3986 section 2.3 as '%' and two upper-case digits.
[[nodiscard]] std::string uri_encoded(std::string_view text);

// "/a/./b//../c%20d" -> "/a/c%2520d": empty and dot segments resolved, then every byte but unreserved ones encoded.
[[nodiscard]] std::string canonical_path(std::string_view path);

// Parameters of decoded_query() but those named `omitted` (if it is not empty), encoded in one way, and sorted by name,
// then value: "b=2&a=%7e" -> "a=~&b=2".
[[nodiscard]] std::string canonical_query(std::string_view query, std::string_view omitted = {});

// The value or, for a name that repeats, the values joined with commas, each without white space around it and with
// single spaces inside; white space is space, tab and the line ends of a folded header. Empty if there is no header of
// that name; `lower_name` is lower case.
[[nodiscard]] std::optional<std::string> canonical_header(std::span<const HeaderView> headers,
                                                          std::string_view lower_name);

// ASCII only, as header names are.
[[nodiscard]] std::string to_lower(std::string_view text);

}  // namespace likeness::sigv4

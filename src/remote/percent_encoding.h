// Names of objects in URLs, as Amazon S3 wants them: every byte but the unreserved ones of RFC 3986 as %XX with
// upper-case digits, and '/' left as it is in a path.
// Source: AWS IAM User Guide, "Create a signed AWS API request", UriEncode().
//
// Thread rule: free functions on values.
#pragma once

#include <string>
#include <string_view>

namespace likeness::remote {

// "a b/ü.jpg" -> "a%20b/%C3%BC.jpg"
[[nodiscard]] std::string encode_path(std::string_view key);
// The same, and '/' as %2F.
[[nodiscard]] std::string encode_query_value(std::string_view value);

}  // namespace likeness::remote

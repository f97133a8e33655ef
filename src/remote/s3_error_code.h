// Why Amazon S3, or what speaks like it, refused a request. Of its error document one word is read, for the log:
//
//   <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><Message>…</Message>…</Error>
//
// Thread rule: a free function on values.
#pragma once

#include <string_view>

namespace likeness::remote {

// "NoSuchKey": the letters and digits between the first <Code> and what follows it, at most 64 of them. Empty if the
// bytes, which may be anything, hold no such thing. A view into `document`.
[[nodiscard]] std::string_view s3_error_code(std::string_view document);

}  // namespace likeness::remote

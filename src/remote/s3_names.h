// Where an object of an S3 endpoint is: host and path, from the endpoint's URL and names that a caller made up.
//
// Thread rule: plain values and free functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "remote/object_store.h"

namespace likeness::remote {

struct S3Target {
  std::string host;  // as in the Host header, with a port if it is not the scheme's own
  std::string path;  // path and query, encoded
};

struct S3Endpoint {
  std::string scheme;               // "http" or "https"
  std::string host;                 // "storage.example.org:9000", "[::1]:9000"; no port if it is the scheme's own
  bool virtual_host_style = false;  // where the bucket's name allows it

  // The host without port and brackets.
  [[nodiscard]] std::string_view bare_host() const;
  // Errors: invalid_object (the bucket's name is none, the key is empty or longer than 1024 bytes, or the version is).
  [[nodiscard]] Result<S3Target> target_of(const ObjectId& id) const;
};

// "https://storage.example.org:9000", or "aws". Errors: invalid_argument.
[[nodiscard]] Result<S3Endpoint> parse_s3_endpoint(std::string_view text, std::string_view region,
                                                   bool virtual_host_style);

// Letters, digits and hyphens, 1 to 64.
[[nodiscard]] bool is_region(std::string_view text);

// 3 to 255 letters, digits, '.', '_' and '-', with a letter or digit at both ends: Rekognition's pattern, narrowed so
// that no name is a dot segment. Source: service description, S3Bucket; Amazon S3 User Guide, "Bucket naming rules".
[[nodiscard]] bool is_bucket_name(std::string_view text);

}  // namespace likeness::remote

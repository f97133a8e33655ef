// From a secret key to a signature: the second and third step of Signature Version 4.
// Source: AWS IAM User Guide, "Create a signed AWS API request", steps 2 to 4.
//
// Thread rule: free functions on values.
#pragma once

#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/time.h"

namespace likeness::sigv4 {

inline constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view terminator = "aws4_request";

// What a signature is good for.
struct Scope {
  std::string date;     // the UTC day of the request's time: "20260203"
  std::string region;   // "us-east-1"
  std::string service;  // "rekognition"

  // "20260203/us-east-1/rekognition/aws4_request"
  [[nodiscard]] std::string text() const;
};

// The key of one day, region and service, so that the secret itself signs nothing:
//   date_key    = HMAC("AWS4" + secret, date)
//   region_key  = HMAC(date_key, region)
//   service_key = HMAC(region_key, service)
//   signing_key = HMAC(service_key, "aws4_request")
[[nodiscard]] Digest derive_signing_key(std::string_view secret_access_key, const Scope& scope);

// The signature, 64 hexadecimal digits: HMAC(signing_key, algorithm, time, scope and SHA-256 of the canonical request,
// a line each).
[[nodiscard]] std::string signature(std::string_view canonical_request, Time time, const Scope& scope,
                                    std::string_view secret_access_key);

}  // namespace likeness::sigv4

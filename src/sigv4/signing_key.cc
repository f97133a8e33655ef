#include "sigv4/signing_key.h"

namespace likeness::sigv4 {

std::string Scope::text() const { return date + "/" + region + "/" + service + "/" + std::string(terminator); }

Digest derive_signing_key(std::string_view secret_access_key, const Scope& scope) {
  const std::string secret = "AWS4" + std::string(secret_access_key);
  const Digest date_key = hmac_sha256(as_bytes(secret), as_bytes(scope.date));
  const Digest region_key = hmac_sha256(date_key, as_bytes(scope.region));
  const Digest service_key = hmac_sha256(region_key, as_bytes(scope.service));
  return hmac_sha256(service_key, as_bytes(terminator));
}

std::string signature(std::string_view canonical_request, Time time, const Scope& scope,
                      std::string_view secret_access_key) {
  std::string string_to_sign(algorithm);
  string_to_sign.append("\n").append(format_iso8601_basic(time));
  string_to_sign.append("\n").append(scope.text());
  string_to_sign.append("\n").append(to_hex(sha256(as_bytes(canonical_request))));
  return to_hex(hmac_sha256(derive_signing_key(secret_access_key, scope), as_bytes(string_to_sign)));
}

}  // namespace likeness::sigv4

#include "sigv4/verify.h"

#include <string>

#include "sigv4/canonical_request.h"
#include "sigv4/signing_key.h"

namespace likeness::sigv4 {

std::optional<Failure> verify(const RequestView& request, const Authorization& authorization, const Digest& payload,
                              std::string_view secret_access_key) {
  const std::string payload_hash = to_hex(payload);
  const std::optional<std::string> claimed_hash = canonical_header(request.headers, "x-amz-content-sha256");
  if (claimed_hash && *claimed_hash != payload_hash) return signature_mismatch();
  const std::optional<std::string> canonical = canonical_request(request, authorization.signed_headers, payload_hash);
  if (!canonical) return signature_mismatch();
  const std::string expected = signature(*canonical, authorization.time, authorization.scope, secret_access_key);
  if (!constant_time_equal(as_bytes(expected), as_bytes(authorization.signature))) return signature_mismatch();
  return std::nullopt;
}

}  // namespace likeness::sigv4

#include "sigv4/verify.h"

#include <string>
#include <string_view>

#include "sigv4/canonical_request.h"
#include "sigv4/presigned_query.h"
#include "sigv4/signing_key.h"

namespace likeness::sigv4 {

namespace {

constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

bool is_signed_over(const RequestView& request, const Authorization& authorization, std::string_view payload_hash,
                    std::string_view secret_access_key) {
  const std::string_view omitted = authorization.presigned ? signature_parameter : std::string_view();
  const std::optional<std::string> canonical =
      canonical_request(request, authorization.signed_headers, payload_hash, omitted);
  if (!canonical) return false;
  const std::string expected = signature(*canonical, authorization.time, authorization.scope, secret_access_key);
  return constant_time_equal(as_bytes(expected), as_bytes(authorization.signature));
}

}  // namespace

std::optional<Failure> verify(const RequestView& request, const Authorization& authorization, const Digest& payload,
                              std::string_view secret_access_key) {
  const std::string payload_hash = to_hex(payload);
  const std::optional<std::string>& claim = authorization.payload_claim;
  if (claim && *claim != payload_hash && *claim != unsigned_payload) return signature_mismatch();
  const std::string_view covered = claim ? std::string_view(*claim) : std::string_view(payload_hash);
  bool right = is_signed_over(request, authorization, covered, secret_access_key);
  if (!right && !claim && authorization.presigned) {
    right = is_signed_over(request, authorization, unsigned_payload, secret_access_key);
  }
  return right ? std::nullopt : std::optional(signature_mismatch());
}

}  // namespace likeness::sigv4

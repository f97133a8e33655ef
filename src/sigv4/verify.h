// Whether a signature is that of this request, made with this secret. The last step of three:
//
//   auto claim = sigv4::parse_authorization(headers);            // before the body is read
//   auto wrong = sigv4::check_claim(authorization, region, service, now);
//   ... look up the secret of authorization.access_key_id; without one the answer is sigv4::unknown_token() ...
//   auto failure = sigv4::verify({method, target, headers}, authorization, sha256(body), secret);
//
// Thread rule: a free function on values.
#pragma once

#include <optional>
#include <string_view>

#include "base/crypto.h"
#include "sigv4/authorization.h"
#include "sigv4/failure.h"
#include "sigv4/request_view.h"

namespace likeness::sigv4 {

// Empty if the signature is right. `request` holds the headers that `authorization` was parsed from; `payload` is the
// SHA-256 of the body as it was received, so that the body is always covered: an X-Amz-Content-SHA256 header must
// say the same, and UNSIGNED-PAYLOAD is therefore refused. The comparison takes the same time for every signature.
// Failures: signature_mismatch.
[[nodiscard]] std::optional<Failure> verify(const RequestView& request, const Authorization& authorization,
                                            const Digest& payload, std::string_view secret_access_key);

}  // namespace likeness::sigv4

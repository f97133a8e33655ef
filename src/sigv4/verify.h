// Whether a signature is that of this request, made with this secret. The last step of three:
//
//   auto claim = sigv4::parse_authorization(request);            // before the body is read
//   auto wrong = sigv4::check_claim(authorization, region, service, now);
//   ... look up the secret of authorization.access_key_id; without one the answer is sigv4::unknown_token() ...
//   auto failure = sigv4::verify(request, authorization, sha256(body), secret);
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

// Empty if the signature is right. `request` is the one that `authorization` was parsed from; `payload` is the SHA-256
// of the body as it was received. What the signature must cover of the body is what the client claims, in
// X-Amz-Content-SHA256 (a signed header, or a parameter of a presigned query):
//   a hash                      that of the body, and the signature covers it
//   UNSIGNED-PAYLOAD            nothing: whoever can alter the request on its way can replace the body
//   anything else               refused; the STREAMING-* forms are Amazon S3's alone
//   no claim, in the header     the body's hash, as all SDKs sign it
//   no claim, presigned         the body's hash or UNSIGNED-PAYLOAD, whichever the signature was made over: a URL can
//   be
//                               made before its body is known
// The comparison takes the same time for every signature. Failures: signature_mismatch.
[[nodiscard]] std::optional<Failure> verify(const RequestView& request, const Authorization& authorization,
                                            const Digest& payload, std::string_view secret_access_key);

}  // namespace likeness::sigv4

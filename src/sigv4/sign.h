// Signs a request as AWS's SDKs do: for tests, for load generators, and for requests that we send.
//
// Thread rule: a free function on values.
#pragma once

#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/time.h"
#include "sigv4/request_view.h"

namespace likeness::sigv4 {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};  // empty: a lasting key
};

// The headers to add to the request.
struct SignatureHeaders {
  std::string x_amz_date;
  std::string authorization;
  std::string x_amz_security_token = {};  // only if the credentials have one
};

// Signs every header of `request`, which has a Host and none of the headers that are returned, and those. `payload` is
// the SHA-256 of the body; `now` is cut to whole seconds.
[[nodiscard]] SignatureHeaders sign(const RequestView& request, const Digest& payload, const Credentials& credentials,
                                    std::string_view region, std::string_view service, Time now);

// The same over what the request's X-Amz-Content-SHA256 says: a hash in hexadecimal, or "UNSIGNED-PAYLOAD".
[[nodiscard]] SignatureHeaders sign(const RequestView& request, std::string_view payload_hash,
                                    const Credentials& credentials, std::string_view region, std::string_view service,
                                    Time now);

// The request's target with a signature in its query, good from `now` for `lifetime` (whole seconds, 1 s to 7 days). It
// covers every header of `request`, which whoever uses the target must send. `payload_hash` as above.
[[nodiscard]] std::string presign(const RequestView& request, std::string_view payload_hash,
                                  const Credentials& credentials, std::string_view region, std::string_view service,
                                  Time now, Micros lifetime);

}  // namespace likeness::sigv4

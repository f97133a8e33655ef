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
};

// The headers to add to the request.
struct SignatureHeaders {
  std::string x_amz_date;
  std::string authorization;
};

// Signs every header of `request`, which has a Host and neither an X-Amz-Date nor an Authorization, and the
// X-Amz-Date that is returned. `payload` is the SHA-256 of the body; `now` is cut to whole seconds.
[[nodiscard]] SignatureHeaders sign(const RequestView& request, const Digest& payload, const Credentials& credentials,
                                    std::string_view region, std::string_view service, Time now);

}  // namespace likeness::sigv4

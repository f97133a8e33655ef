// Who sends a request: the key it claims and the signature that proves it.
//
// Thread rule: const and thread-safe after construction.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/http.h"
#include "base/time.h"
#include "sigv4/authorization.h"

namespace likeness::api {

class Authenticator {
 public:
  // Secrets by access key id. `region` is the one that signatures must be scoped to. The clock must outlive this.
  Authenticator(std::map<std::string, std::string> secrets, std::string region, const Clock& clock);

  // What can be said without the body: a well-formed signature of a known key, for this region and service, made
  // within 15 minutes of now. A Response refuses the request.
  [[nodiscard]] std::optional<Response> refuse_claim(const RequestHead& head) const;

  // Whether the signature is that of this head and body. A Response refuses the request.
  [[nodiscard]] std::optional<Response> refuse_signature(const RequestHead& head, std::string_view body) const;

 private:
  struct Claim;
  [[nodiscard]] std::optional<Response> read_claim(const RequestHead& head, Claim& claim) const;

  const std::map<std::string, std::string> secrets_;
  const std::string region_;
  const Clock& clock_;
};

}  // namespace likeness::api

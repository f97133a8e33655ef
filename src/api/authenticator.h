// Who sends a request: the key it claims and the signature that proves it.
//
// Every failure has the type and the text that AWS gives it (docs/authentication.md). The order is that of AWS: the
// form of the claim, the key and its session token, region, service and time, and last the signature. An unknown key
// and a wrong signature take the same way as far as their answers do: keys are found by hash, tokens are opened by
// authenticated encryption, signatures are compared in constant time, and nothing that is secret decides a branch
// before.
//
// Thread rule: const and thread-safe after construction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/caller.h"
#include "api/http.h"
#include "base/time.h"
#include "keys/identities.h"

namespace likeness::api {

class Authenticator {
 public:
  // `account` is the caller's; `region` is the one that signatures must be scoped to. The identities and the clock must
  // outlive this.
  Authenticator(const keys::Identities& identities, std::string account, std::string region, const Clock& clock);

  // What can be said without the body: a well-formed claim of a known key, for this region and service, and now. Gives
  // the lasting key that the claim is made for (Caller::lasting_key_id(), if the signature will prove it). A Response
  // refuses the request.
  [[nodiscard]] std::variant<std::string, Response> claimed_key(const RequestHead& head) const;
  // The refusal alone.
  [[nodiscard]] std::optional<Response> refuse_claim(const RequestHead& head) const;

  // Who it is, if the signature is that of this head and body. A Response refuses the request.
  [[nodiscard]] std::variant<Caller, Response> authenticate(const RequestHead& head, std::string_view body) const;

 private:
  struct Claim;
  [[nodiscard]] std::optional<Response> read_claim(const RequestHead& head, Claim& claim) const;

  const keys::Identities& identities_;
  const std::string account_;
  const std::string region_;
  const Clock& clock_;
};

}  // namespace likeness::api

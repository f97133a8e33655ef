#include "api/idempotency.h"

#include <utility>

namespace likeness::api {

IdempotentCalls::IdempotentCalls(SecretKey key, store::Tokens& tokens, const Clock& clock)
    : key_(std::move(key)), tokens_(tokens), clock_(clock) {}

store::Idempotency IdempotentCalls::kept(wire::Operation operation, const std::string& token, const Digest& parameters,
                                         const std::string& response) const {
  return {.operation = std::string(wire::name(operation)),
          .token = token,
          .parameters_hash = keyed(parameters),
          .response = response,
          .expires_at = clock_.now() + lifetime};
}

Error IdempotentCalls::explained(Error error, const std::string& token) {
  if (error.kind != ErrorKind::idempotency_mismatch) return error;
  return {error.kind, "The ClientRequestToken: " + token + " you have supplied is already in use."};
}

void IdempotentCalls::sweep_if_due() {
  if (calls_.fetch_add(1) % calls_between_sweeps != 0) return;
  // An expired token counts as never seen, whether it was forgotten or not; what fails now is done by a later sweep.
  (void)tokens_.forget_expired_tokens(clock_.now(), forgotten_at_once);
}

}  // namespace likeness::api

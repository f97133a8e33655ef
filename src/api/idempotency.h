// ClientRequestToken: the same request sent again gets the same answer and has no second effect.
//
// The answer of a change is kept with the change, in one transaction of the store, for 7 days, under the account, the
// region, the operation and the client's token, beside a keyed hash of the request's parameters. Of two calls that come
// at once one does the change and the other gets its answer. The hash is keyed so that what is kept does not tell,
// after a user was deleted, which user it was.
//
// Thread rule: thread-safe. The clock and the store must outlive it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "api/request_parameters.h"
#include "base/crypto.h"
#include "base/result.h"
#include "base/sealing.h"
#include "base/time.h"
#include "store/store.h"
#include "wire/message.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

class IdempotentCalls {
 public:
  static constexpr std::chrono::hours lifetime{7 * 24};  // AWS's developer guide
  // After this many calls with a token at most so many expired ones are forgotten: more than came in.
  static constexpr std::uint64_t calls_between_sweeps = 256;
  static constexpr std::size_t forgotten_at_once = 1024;

  IdempotentCalls(SecretKey key, store::Tokens& tokens, const Clock& clock);

  // Makes the change of a request, once. `change(once)` gives a Result<store::Applied>; it passes `once` (absent if the
  // client gave no token) to the store with the change. The result is the answer's JSON: that of `response`, or what
  // was answered the first time. Errors: those of `change`; idempotency_mismatch has AWS's message.
  template <wire::Message Request, wire::Message Response, typename Change>
  [[nodiscard]] Result<std::string> answer(wire::Operation operation, const Request& request, const Response& response,
                                           Change&& change) {
    std::string json = wire::to_json(response);
    if (!request.client_request_token) {
      TRY(change(std::optional<store::Idempotency>()));
      return json;
    }
    const std::string& token = *request.client_request_token;
    sweep_if_due();
    Result<store::Applied> applied = change(std::optional(kept(operation, token, parameters_hash(request), json)));
    if (!applied.ok()) return explained(applied.error(), token);
    return std::move(applied->replayed).value_or(std::move(json));
  }

  // The same for a change whose answer is known only when it has been decided. `to_response(outcome)` gives the answer;
  // `change(once_for)` calls `once_for(outcome)` for what goes to the store with the change, and gives a Result of a
  // structure with the members `outcome` and `applied`. What was answered before is answered before anything is
  // decided.
  template <wire::Message Request, typename ToResponse, typename Change>
  [[nodiscard]] Result<std::string> answer_later(wire::Operation operation, const Request& request,
                                                 const store::Scope& scope, ToResponse&& to_response, Change&& change) {
    std::string token;
    Digest parameters{};
    if (request.client_request_token) {
      token = *request.client_request_token;
      parameters = parameters_hash(request);
      sweep_if_due();
      Result<std::optional<std::string>> earlier =
          tokens_.find_response(scope, wire::name(operation), token, keyed(parameters), clock_.now());
      if (!earlier.ok()) return explained(earlier.error(), token);
      if (earlier->has_value()) return **std::move(earlier);
    }
    auto done = change([&](const auto& outcome) -> std::optional<store::Idempotency> {
      if (token.empty()) return std::nullopt;
      return kept(operation, token, parameters, wire::to_json(to_response(outcome)));
    });
    if (!done.ok()) return explained(done.error(), token);
    if (done->applied.replayed) return *std::move(done->applied.replayed);
    return wire::to_json(to_response(done->outcome));
  }

 private:
  [[nodiscard]] Digest keyed(const Digest& parameters) const { return hmac_sha256(key_.bytes(), parameters); }
  [[nodiscard]] store::Idempotency kept(wire::Operation operation, const std::string& token, const Digest& parameters,
                                        const std::string& response) const;
  [[nodiscard]] static Error explained(Error error, const std::string& token);
  void sweep_if_due();

  const SecretKey key_;
  store::Tokens& tokens_;
  const Clock& clock_;
  std::atomic<std::uint64_t> calls_ = 0;
};

}  // namespace likeness::api

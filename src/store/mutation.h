// What goes with every change: its ledger record, and the client's token if there is one. Both become durable in the
// transaction of the change itself, or neither does.
//
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/crypto.h"
#include "base/time.h"

namespace likeness::store {

// What was done, by whom, when: one entry of the ledger to be. It waits in the outbox until the ledger has taken it.
struct LedgerRecord {
  std::string kind;    // what was done, for example "collection.create"; 1 to 128 bytes
  std::string actor;   // who did it: an access key's id, or "operator"; at most limits::id bytes
  Time time{};         // the caller's clock; also what idempotency expiry is measured against
  std::string detail;  // a JSON object's text, without pictures, vectors or names of people; at most limits::detail

  bool operator==(const LedgerRecord&) const = default;
};

// A client's ClientRequestToken and what the first call with it answered. Kept under scope, operation and token.
struct Idempotency {
  std::string operation;     // for example "CreateFaceLivenessSession"
  std::string token;         // 1 to limits::token bytes
  Digest parameters_hash{};  // of the request's parameters, the token left out
  std::string response;      // the answer to give again, opaque to the store; at most limits::response bytes
  Time expires_at{};         // from this moment on the token counts as never seen

  bool operator==(const Idempotency&) const = default;
};

struct Mutation {
  LedgerRecord record;
  std::optional<Idempotency> once;
};

// What a mutating call did.
struct Applied {
  std::uint64_t sequence = 0;           // of the ledger record, from 1, without gaps; 0 if nothing was done
  std::optional<std::string> replayed;  // set: the token was seen before, nothing was done, and this was answered then
};

}  // namespace likeness::store

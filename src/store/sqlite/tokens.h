// Clients' tokens in the database, as parts of larger transactions.
//
// Thread rule: the caller has the connection to itself, and is in a transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/records.h"
#include "store/sqlite/connection.h"

namespace likeness::store {

// The kept response, if the token is there and has not expired at `now`. Errors: idempotency_mismatch.
[[nodiscard]] Result<std::optional<std::string>> kept_response(Connection& connection, const Scope& scope,
                                                               std::string_view operation, std::string_view token,
                                                               const Digest& parameters_hash, Time now);

// Keeps it; one that has expired is replaced.
[[nodiscard]] Result<void> keep_response(Connection& connection, const Scope& scope, const Idempotency& once);

}  // namespace likeness::store

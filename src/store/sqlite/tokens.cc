#include "store/sqlite/tokens.h"

#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

Result<std::optional<std::string>> kept_response(Connection& connection, const Scope& scope, std::string_view operation,
                                                 std::string_view token, const Digest& parameters_hash, Time now) {
  Query query =
      TRY(connection.query("SELECT parameters_hash, response FROM tokens"
                           " WHERE account = ? AND region = ? AND operation = ? AND token = ?"
                           " AND expires_at > ?",
                           {scope.account, scope.region, operation, token, now}));
  if (!TRY(query.step())) return std::optional<std::string>();
  if (!constant_time_equal(query.bytes(0), parameters_hash)) {
    return Error(ErrorKind::idempotency_mismatch, "the token was used before with other parameters");
  }
  return std::optional<std::string>(query.text(1));
}

Result<void> keep_response(Connection& connection, const Scope& scope, const Idempotency& once) {
  TRY(
      connection.run("INSERT OR REPLACE INTO tokens"
                     " (account, region, operation, token, parameters_hash, response, expires_at)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?)",
                     {scope.account, scope.region, once.operation, once.token, ByteSpan(once.parameters_hash),
                      once.response, once.expires_at}));
  return {};
}

Result<std::optional<std::string>> SqliteStore::find_response(const Scope& scope, std::string_view operation,
                                                              std::string_view token, const Digest& parameters_hash,
                                                              Time now) {
  TRY(validate(scope));
  return readers_.read<std::optional<std::string>>(
      [&](Connection& connection) { return kept_response(connection, scope, operation, token, parameters_hash, now); });
}

Result<std::size_t> SqliteStore::forget_expired_tokens(Time now, std::size_t most) {
  TRY(validate_page(most));
  std::size_t forgotten = 0;
  const Writer::Change forget = [&](Connection& connection) -> Result<void> {
    forgotten = static_cast<std::size_t>(
        TRY(connection.change("DELETE FROM tokens WHERE (account, region, operation, token) IN"
                              " (SELECT account, region, operation, token FROM tokens WHERE expires_at <= ? LIMIT ?)",
                              {now, static_cast<std::int64_t>(most)})));
    return {};
  };
  TRY(writer_.run(forget));
  return forgotten;
}

}  // namespace likeness::store

// SqliteStore: ledger records and settings.
#include <algorithm>
#include <limits>

#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

// SQLite's numbers are signed; a sequence beyond them does not exist.
std::int64_t signed_sequence(std::uint64_t sequence) {
  return static_cast<std::int64_t>(
      std::min(sequence, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
}

}  // namespace

Result<Applied> SqliteStore::append(const Scope& scope, const Mutation& mutation) {
  return apply(scope, mutation, [](Connection&) -> Result<void> { return {}; });
}

Result<std::vector<OutboxEntry>> SqliteStore::read_outbox(std::uint64_t after, std::size_t limit) {
  TRY(validate_page(limit));
  return readers_.read<std::vector<OutboxEntry>>([&](Connection& connection) -> Result<std::vector<OutboxEntry>> {
    Query query =
        TRY(connection.query("SELECT sequence, account, region, kind, actor, time, detail FROM outbox"
                             " WHERE sequence > ? ORDER BY sequence LIMIT ?",
                             {signed_sequence(after), static_cast<std::int64_t>(limit)}));
    std::vector<OutboxEntry> entries;
    while (TRY(query.step())) {
      entries.push_back(
          {.sequence = static_cast<std::uint64_t>(query.number(0)),
           .scope = {.account = query.text(1), .region = query.text(2)},
           .record = {.kind = query.text(3), .actor = query.text(4), .time = query.time(5), .detail = query.text(6)}});
    }
    return entries;
  });
}

Result<void> SqliteStore::acknowledge_outbox(std::uint64_t sequence) {
  return writer_.run([&](Connection& connection) -> Result<void> {
    TRY(connection.run("DELETE FROM outbox WHERE sequence <= ?", {signed_sequence(sequence)}));
    return {};
  });
}

Result<Applied> SqliteStore::put_setting(const Scope& scope, std::string_view name, const Bytes& value,
                                         const Mutation& mutation) {
  TRY(validate_setting(name, value));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(connection.run("INSERT OR REPLACE INTO settings (account, region, name, value) VALUES (?, ?, ?, ?)",
                       {scope.account, scope.region, name, value}));
    return {};
  });
}

Result<Bytes> SqliteStore::setting(const Scope& scope, std::string_view name) {
  TRY(validate(scope));
  return readers_.read<Bytes>([&](Connection& connection) -> Result<Bytes> {
    Query query = TRY(connection.query("SELECT value FROM settings WHERE account = ? AND region = ? AND name = ?",
                                       {scope.account, scope.region, name}));
    if (!TRY(query.step()))
      return Error(ErrorKind::not_found, "there is no setting " + std::string(name.substr(0, 100)));
    return query.bytes(0);
  });
}

}  // namespace likeness::store

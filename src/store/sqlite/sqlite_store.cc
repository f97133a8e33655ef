#include "store/sqlite/sqlite_store.h"

#include <utility>

#include "store/sqlite/checksum_vfs.h"
#include "store/sqlite/open_connection.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/tokens.h"
#include "store/sqlite/wal_check.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

// The log goes back into the database every 1000 pages (4 MB), and its file is cut to 64 MB after a long reader.
constexpr const char* writer_settings =
    "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 67108864;";

Result<std::unique_ptr<Connection>> open_writer(const SqliteOptions& options, const std::string& vfs, Time now) {
  std::unique_ptr<Connection> writer = TRY(open_connection(options, vfs));
  TRY(writer->execute(writer_settings));
  const std::int64_t bytes =
      TRY(writer->number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"));
  if (static_cast<std::uint64_t>(bytes) <= options.check_up_to) TRY(check_with(*writer, "PRAGMA integrity_check(1)"));
  TRY(migrate(*writer, migrations(), now));
  return writer;
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const SqliteOptions& options, Time now) {
  if (options.readers < 1 || options.readers > 64) {
    return Error(ErrorKind::invalid_argument, "a store has 1 to 64 connections for reading");
  }
  TRY(make_file(options.file));
  TRY(check_wal(options.file.string() + "-wal"));
  std::unique_ptr<ChecksumVfs> vfs = TRY(ChecksumVfs::create(options.vfs));
  Result<std::unique_ptr<Connection>> writer = open_writer(options, vfs->name(), now);
  if (!writer.ok()) return writer.error().within(options.file.string());
  std::vector<std::unique_ptr<Connection>> readers;
  for (int i = 0; i < options.readers; ++i) {
    readers.push_back(TRY(open_connection(options, vfs->name())));
    TRY(readers.back()->execute("PRAGMA query_only = ON"));
  }
  return std::unique_ptr<SqliteStore>(new SqliteStore(options, std::move(vfs), *std::move(writer), std::move(readers)));
}

SqliteStore::SqliteStore(SqliteOptions options, std::unique_ptr<ChecksumVfs> vfs, std::unique_ptr<Connection> writer,
                         std::vector<std::unique_ptr<Connection>> readers)
    : options_(std::move(options)), vfs_(std::move(vfs)), writer_(std::move(writer)), readers_(std::move(readers)) {}

SqliteStore::~SqliteStore() = default;

Result<Applied> SqliteStore::apply(const Scope& scope, const Mutation& mutation, const Writer::Change& change) {
  TRY(validate(scope));
  TRY(validate(mutation));
  Applied applied;
  const Writer::Change whole = [&](Connection& connection) -> Result<void> {
    if (mutation.once) {
      applied.replayed = TRY(kept_response(connection, scope, mutation.once->operation, mutation.once->token,
                                           mutation.once->parameters_hash, mutation.record.time));
      if (applied.replayed) return {};
    }
    TRY(change(connection));
    if (mutation.once) TRY(keep_response(connection, scope, *mutation.once));
    const LedgerRecord& record = mutation.record;
    applied.sequence = static_cast<std::uint64_t>(TRY(
        connection.number("INSERT INTO outbox (account, region, kind, actor, time, detail) VALUES (?, ?, ?, ?, ?, ?)"
                          " RETURNING sequence",
                          {scope.account, scope.region, record.kind, record.actor, record.time, record.detail})));
    return {};
  };
  TRY(writer_.run(whole));
  return applied;
}

Result<void> SqliteStore::check() {
  return readers_.read<void>([](Connection& connection) -> Result<void> {
    TRY(check_with(connection, "PRAGMA integrity_check"));
    Query strays = TRY(connection.query("PRAGMA foreign_key_check", {}));
    if (!TRY(strays.step())) return {};
    return Error(ErrorKind::corrupt, "the database is damaged: a record of table " + strays.text(0) +
                                         " belongs to one that is not there; restore a backup");
  });
}

}  // namespace likeness::store

// SqliteStore: a copy of the whole, and what a restored one keeps of the one it replaces.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "store/sqlite/checksum_vfs.h"
#include "store/sqlite/open_connection.h"
#include "store/sqlite/sqlite_store.h"

namespace likeness::store {

namespace {

Result<void> flush_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (flushed) return {};
  return Error(ErrorKind::unavailable, path.string() + ": cannot be flushed to the disk: " + std::strerror(error));
}

// Numbers of the outbox go on where the other's stopped, also if the ledger has taken all of its entries. Keys and
// policies are what they are today: a key that was taken from somebody does not come back.
constexpr const char* keep_statements =
    "DELETE FROM outbox;"
    "INSERT INTO outbox SELECT * FROM other.outbox;"
    "DELETE FROM sqlite_sequence WHERE name = 'outbox';"
    "INSERT INTO sqlite_sequence SELECT * FROM other.sqlite_sequence WHERE name = 'outbox';"
    "DELETE FROM access_keys;"
    "INSERT INTO access_keys SELECT * FROM other.access_keys;"
    "DELETE FROM policies;"
    "INSERT INTO policies SELECT * FROM other.policies;"
    "INSERT INTO counters SELECT name, value FROM other.counters WHERE true"
    " ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value);";

}  // namespace

Result<void> SqliteStore::copy_to(const std::filesystem::path& file) {
  std::error_code failure;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, failure))) {
    return Error(ErrorKind::already_exists, file.string() + ": is there already");
  }
  TRY(make_file(file));
  const auto copy = [&]() -> Result<void> {
    // A connection of its own: VACUUM INTO copies what one read transaction sees, without free pages, through the file
    // layer of the database, so with checksums (sqlite.org/lang_vacuum.html). Its log grows meanwhile.
    const std::unique_ptr<Connection> source = TRY(open_connection(options_, vfs_->name()));
    TRY(source->run("VACUUM INTO ?", {file.string()}));
    TRY(flush_file(file));
    SqliteOptions options = options_;
    options.file = file;
    const std::unique_ptr<Connection> made = TRY(open_connection(options, vfs_->name()));
    return check_with(*made, "PRAGMA integrity_check(1)");
  };
  Result<void> copied = copy();
  if (!copied.ok()) std::filesystem::remove(file, failure);
  return copied;
}

Result<void> SqliteStore::keep_of(const std::filesystem::path& other) {
  const std::unique_ptr<Connection> connection = TRY(open_connection(options_, vfs_->name()));
  TRY(connection->run("ATTACH ? AS other", {other.string()}));
  TRY(connection->execute("BEGIN IMMEDIATE"));
  TRY(connection->execute(keep_statements));  // what fails is rolled back when the connection closes
  return connection->execute("COMMIT");
}

}  // namespace likeness::store

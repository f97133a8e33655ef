#include "store/sqlite/open_connection.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "store/sqlite/checksum_vfs.h"

namespace likeness::store {

namespace {

// Every connection. FULL: each commit is on the disk before it returns (sqlite.org/pragma.html#pragma_synchronous).
// secure_delete: what is deleted is overwritten with zeros in its page. cell_size_check: a damaged page is noticed
// before its content is used. trusted_schema: nothing that somebody put into the file runs.
constexpr const char* common_settings =
    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON;"
    "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;";

}  // namespace

Result<void> make_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 && (errno == EACCES || errno == EROFS || errno == EPERM || errno == ENOSPC || errno == ENOENT)) {
    return Error(ErrorKind::unavailable, path.string() + ": cannot write the database: " + std::strerror(errno) +
                                             "; look at the permissions of the folder, whether its disk is mounted "
                                             "read-only, and how much space it has");
  }
  if (file >= 0) ::close(file);
  return {};
}

Result<std::unique_ptr<Connection>> open_connection(const SqliteOptions& options, const std::string& vfs) {
  std::unique_ptr<Connection> connection = TRY(Connection::open(options.file.string(), vfs));
  TRY(connection->reserve_bytes(checksum_size));
  TRY(connection->execute(common_settings));
  TRY(connection->execute(options.durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF"));
  return connection;
}

Result<void> check_with(Connection& connection, const char* pragma) {
  Query query = TRY(connection.query(pragma, {}));
  while (TRY(query.step())) {
    const std::string found = query.text(0);
    if (found != "ok") {
      return Error(ErrorKind::corrupt, "the database is damaged: " + found.substr(0, 200) + "; restore a backup");
    }
  }
  return {};
}

}  // namespace likeness::store

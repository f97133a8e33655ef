// How every connection to a database of ours is opened. Internal to the room.
//
// Thread rule: free functions.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/sqlite_store.h"

namespace likeness::store {

// With mode 0600, if it is not there: SQLite makes files that everybody can read, and its log takes the mode of the
// database. Errors: unavailable.
[[nodiscard]] Result<void> make_file(const std::filesystem::path& path);

// To `options.file`, through the file layer `vfs`. Errors: those of Connection.
[[nodiscard]] Result<std::unique_ptr<Connection>> open_connection(const SqliteOptions& options, const std::string& vfs);

// `pragma` gives a row "ok", or one for each thing that is wrong. Errors: corrupt.
[[nodiscard]] Result<void> check_with(Connection& connection, const char* pragma);

}  // namespace likeness::store

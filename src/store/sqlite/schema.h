// The tables of the database, and how an older one becomes a newer one. docs/store.md describes both.
//
// `PRAGMA user_version` holds the version; the table `migrations` says when each step was taken. Each step is one
// transaction: an interrupted one has not happened, and the next start takes it again. A step, once released, is never
// edited: tests/fixtures/ keeps a database of each release that later binaries must open.
//
// Thread rule: free functions; the caller has the connection to itself.
#pragma once

#include <span>

#include "base/result.h"
#include "base/time.h"
#include "store/sqlite/connection.h"

namespace likeness::store {

struct Migration {
  int version;  // 1, 2, 3, ... without gaps
  const char* name;
  const char* sql;
};

[[nodiscard]] std::span<const Migration> migrations();

// Takes the steps that are missing; `now` is what they are dated with. Errors: unsupported (a newer binary made this
// database), corrupt (another program's database), and those of Connection.
[[nodiscard]] Result<void> migrate(Connection& connection, std::span<const Migration> steps, Time now);

}  // namespace likeness::store

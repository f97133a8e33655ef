// One connection to a SQLite database: statements with bound parameters, and SQLite's codes as our errors.
//
//   Query query = TRY(connection.query("SELECT note FROM access_keys WHERE id = ?", {id}));
//   if (TRY(query.step())) use(query.text(0));
//
// SQL is written out in this room only, as constants: whatever comes from outside is bound.
//
// Thread rule: a connection and its queries are used by one thread at a time. Ownership: a Query borrows a prepared
// statement of its connection and gives it back; a statement's text serves one Query at a time.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace likeness::store {

// A value to bind. Text and bytes are viewed, not copied: they outlive the Query.
class Value {
 public:
  Value(std::int64_t number) : value_(number) {}  // NOLINT(google-explicit-constructor)
  template <std::floating_point Real>
  Value(Real number) : value_(static_cast<double>(number)) {}         // NOLINT(google-explicit-constructor)
  Value(Time time) : value_(time.time_since_epoch().count()) {}       // NOLINT(google-explicit-constructor)
  Value(std::string_view text) : value_(text) {}                      // NOLINT(google-explicit-constructor)
  Value(const std::string& text) : value_(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  Value(const std::optional<std::string>& text);                      // NOLINT(google-explicit-constructor)
  Value(ByteSpan bytes) : value_(bytes) {}                            // NOLINT(google-explicit-constructor)
  Value(const Bytes& bytes) : value_(ByteSpan(bytes)) {}              // NOLINT(google-explicit-constructor)

 private:
  friend class Connection;
  std::variant<std::nullptr_t, std::int64_t, double, std::string_view, ByteSpan> value_;
};

class Connection;

class Query {
 public:
  ~Query();
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;

  // True: there is a row, and the columns below are its. Errors: as Connection.
  Result<bool> step();

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] Time time(int column) const { return Time(Micros(number(column))); }
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::optional<std::string> optional_text(int column) const;
  [[nodiscard]] Bytes bytes(int column) const;

 private:
  friend class Connection;
  Query(Connection& connection, sqlite3_stmt* statement) : connection_(&connection), statement_(statement) {}
  Connection* connection_;
  sqlite3_stmt* statement_;  // null after a move
};

// Errors of all methods: unavailable (no space, no permission, the disk does not answer), corrupt (damaged),
// already_exists (a key is there), not_found (what a key refers to is not there), internal.
class Connection {
 public:
  // `vfs`: the name of a file layer. Makes the file if it is not there.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const std::string& path, const std::string& vfs);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Statements without parameters and without results, one or many.
  Result<void> execute(const char* sql);
  // A statement, its parameters bound in order. `sql` is a constant: the prepared statement is kept under its address.
  Result<Query> query(const char* sql, std::initializer_list<Value> values);
  // A statement without results.
  Result<void> run(const char* sql, std::initializer_list<Value> values);
  // The same; how many rows it changed.
  Result<std::int64_t> change(const char* sql, std::initializer_list<Value> values);
  // The first column of the first row. Errors: internal too (no row).
  Result<std::int64_t> number(const char* sql, std::initializer_list<Value> values = {});

  [[nodiscard]] bool in_transaction() const;
  // Asks SQLite to keep `bytes` free at the end of each page of a new database.
  Result<void> reserve_bytes(int bytes);

 private:
  friend class Query;
  struct CloseDatabase {
    void operator()(sqlite3* database) const;
  };
  struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const;
  };
  Connection(std::string path, sqlite3* database);
  [[nodiscard]] Error error_of(int code) const;
  Result<sqlite3_stmt*> prepared(const char* sql);

  std::string path_;
  std::unique_ptr<sqlite3, CloseDatabase> database_;  // first, so that the statements go before it
  std::map<const char*, std::unique_ptr<sqlite3_stmt, FinalizeStatement>> statements_;
};

}  // namespace likeness::store

#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include <utility>

namespace likeness::store {

namespace {

constexpr int busy_wait = 5000;  // ms to wait for another connection's lock; only another process holds one so long

struct Binder {
  sqlite3_stmt* statement;
  int place;

  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, place); }
  int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, place, number); }
  int operator()(double number) const { return sqlite3_bind_double(statement, place, number); }
  // A null pointer would be bound as NULL: nothing is an empty text, or an empty blob.
  int operator()(std::string_view text) const {
    return sqlite3_bind_text64(statement, place, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  int operator()(ByteSpan bytes) const {
    if (bytes.empty()) return sqlite3_bind_zeroblob(statement, place, 0);
    return sqlite3_bind_blob64(statement, place, bytes.data(), bytes.size(), SQLITE_STATIC);
  }
};

const char* advice(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return "the disk is full; make space, the server goes on by itself";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return "the database cannot be written; look at the permissions of the folder and whether its disk is mounted "
             "read-only";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process holds the database; stop it";
    case SQLITE_NOMEM: return "there is not enough memory";
    default: return "the disk does not answer as it should; look at the system's log, and at its free space";
  }
}

}  // namespace

Value::Value(const std::optional<std::string>& text) : value_(nullptr) {
  if (text) value_ = std::string_view(*text);
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query::Query(Query&& other) noexcept
    : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}

Result<bool> Query::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->error_of(code);
}

std::int64_t Query::number(int column) const { return sqlite3_column_int64(statement_, column); }

double Query::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string Query::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::string> Query::optional_text(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return text(column);
}

Bytes Query::bytes(int column) const {
  const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, bytes + sqlite3_column_bytes(statement_, column)};
}

void Connection::CloseDatabase::operator()(sqlite3* database) const { sqlite3_close_v2(database); }
void Connection::FinalizeStatement::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Connection::Connection(std::string path, sqlite3* database) : path_(std::move(path)), database_(database) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, const std::string& vfs) {
  sqlite3* database = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags, vfs.empty() ? nullptr : vfs.c_str());
  // SQLite gives an object to read the error from, which is closed like any other.
  std::unique_ptr<Connection> connection(new Connection(path, database));
  if (code != SQLITE_OK) return connection->error_of(code);
  sqlite3_busy_timeout(database, busy_wait);
  return connection;
}

Error Connection::error_of(int code) const {
  // The primary code is in the low byte, details above (sqlite.org/rescode.html).
  const std::string detail = path_ + ": " + sqlite3_errstr(code) + " (SQLite " + std::to_string(code) + "): ";
  switch (code) {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_ROWID: return {ErrorKind::already_exists, detail + "a record with this key is there"};
    case SQLITE_CONSTRAINT_FOREIGNKEY: return {ErrorKind::not_found, detail + "what it belongs to is not there"};
    case SQLITE_IOERR_DATA:
    case SQLITE_IOERR_CORRUPTFS:
      return {ErrorKind::corrupt, detail + "a page does not match its checksum; restore a backup"};
    default: break;
  }
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {ErrorKind::corrupt, detail + "the database is damaged; restore a backup"};
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL: return {ErrorKind::unavailable, detail + advice(code)};
    default: return {ErrorKind::internal, detail + (database_ ? sqlite3_errmsg(database_.get()) : "")};
  }
}

Result<void> Connection::execute(const char* sql) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(code);
  return {};
}

Result<sqlite3_stmt*> Connection::prepared(const char* sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second.get();
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error_of(code);
  statements_.emplace(sql, statement);
  return statement;
}

Result<Query> Connection::query(const char* sql, std::initializer_list<Value> values) {
  Query query(*this, TRY(prepared(sql)));
  int place = 0;
  for (const Value& value : values) {
    const int code = std::visit(Binder{.statement = query.statement_, .place = ++place}, value.value_);
    if (code != SQLITE_OK) return error_of(code);
  }
  return query;
}

Result<void> Connection::run(const char* sql, std::initializer_list<Value> values) {
  Query statement = TRY(query(sql, values));
  while (TRY(statement.step())) {
  }
  return {};
}

Result<std::int64_t> Connection::change(const char* sql, std::initializer_list<Value> values) {
  TRY(run(sql, values));
  return static_cast<std::int64_t>(sqlite3_changes64(database_.get()));
}

Result<std::int64_t> Connection::number(const char* sql, std::initializer_list<Value> values) {
  Query statement = TRY(query(sql, values));
  if (!TRY(statement.step())) return Error(ErrorKind::internal, path_ + ": no row for a statement that has one");
  const std::int64_t number = statement.number(0);
  while (TRY(statement.step())) {  // a change with RETURNING is complete only at its end
  }
  return number;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

Result<void> Connection::reserve_bytes(int bytes) {
  const int code = sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
  if (code != SQLITE_OK) return error_of(code);
  return {};
}

}  // namespace likeness::store

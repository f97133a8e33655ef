// SqliteStore: users, that is, subjects with a user id.
#include <string>

#include "store/failures.h"
#include "store/sqlite/face_rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

constexpr const char* what = "user";

// Of a row: user_id, id, status, created, number.
User user_in(const Query& row) {
  return {.id = row.text(0),
          .subject_id = row.text(1),
          .status = static_cast<UserStatus>(row.number(2)),
          .created = row.time(3),
          .number = static_cast<std::uint64_t>(row.number(4))};
}

}  // namespace

Result<Applied> SqliteStore::create_user(const Scope& scope, std::string_view collection, const User& user,
                                         const Mutation& mutation) {
  TRY(validate(user));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_collection(connection, scope, collection));
    return insert_user(connection, scope, collection, user);
  });
}

Result<Applied> SqliteStore::set_user_status(const Scope& scope, std::string_view collection, std::string_view id,
                                             UserStatus status, const Mutation& mutation) {
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_collection(connection, scope, collection));
    return found(connection.change("UPDATE subjects SET status = ?"
                                   " WHERE account = ? AND region = ? AND collection = ? AND user_id = ?",
                                   {static_cast<std::int64_t>(status), scope.account, scope.region, collection, id}),
                 what, id);
  });
}

Result<Applied> SqliteStore::delete_user(const Scope& scope, std::string_view collection, std::string_view id,
                                         const Mutation& mutation) {
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_collection(connection, scope, collection));
    const std::optional<std::string> subject = TRY(subject_of_user(connection, scope, collection, id));
    if (!subject) return missing(what, id);
    return remove_user(connection, scope, collection, *subject);
  });
}

Result<User> SqliteStore::user(const Scope& scope, std::string_view collection, std::string_view id) {
  TRY(validate(scope));
  return readers_.read<User>([&](Connection& connection) -> Result<User> {
    TRY(require_collection(connection, scope, collection));
    Query query =
        TRY(connection.query("SELECT user_id, id, status, created, number FROM subjects"
                             " WHERE account = ? AND region = ? AND collection = ? AND user_id = ?",
                             {scope.account, scope.region, collection, id}));
    if (!TRY(query.step())) return missing(what, id);
    return user_in(query);
  });
}

Result<std::vector<User>> SqliteStore::list_users(const Scope& scope, std::string_view collection,
                                                  std::string_view after, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  return readers_.read<std::vector<User>>([&](Connection& connection) -> Result<std::vector<User>> {
    TRY(require_collection(connection, scope, collection));
    Query query =
        TRY(connection.query("SELECT user_id, id, status, created, number FROM subjects"
                             " WHERE account = ? AND region = ? AND collection = ? AND user_id > ?"
                             " ORDER BY user_id LIMIT ?",
                             {scope.account, scope.region, collection, after, static_cast<std::int64_t>(limit)}));
    std::vector<User> users;
    while (TRY(query.step())) users.push_back(user_in(query));
    return users;
  });
}

Result<std::vector<User>> SqliteStore::numbered_users(const Scope& scope, std::string_view collection,
                                                      const std::vector<std::uint64_t>& numbers) {
  TRY(validate(scope));
  TRY(validate_list(numbers.size(), true, "numbers"));
  return readers_.read<std::vector<User>>([&](Connection& connection) -> Result<std::vector<User>> {
    TRY(require_collection(connection, scope, collection));
    std::vector<User> users;
    for (const std::uint64_t number : numbers) {
      Query query =
          TRY(connection.query("SELECT user_id, id, status, created, number FROM subjects"
                               " WHERE account = ? AND region = ? AND collection = ? AND number = ?",
                               {scope.account, scope.region, collection, signed_number(number)}));
      if (TRY(query.step())) users.push_back(user_in(query));
    }
    return users;
  });
}

Result<std::vector<User>> SqliteStore::changed_users(const Scope& scope, std::string_view collection,
                                                     std::uint64_t generation, std::uint64_t after, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  return readers_.read<std::vector<User>>([&](Connection& connection) -> Result<std::vector<User>> {
    TRY(require_collection(connection, scope, collection));
    Query query =
        TRY(connection.query("SELECT user_id, id, status, created, number FROM subjects"
                             " WHERE account = ? AND region = ? AND collection = ? AND number > ? AND changed > ?"
                             " ORDER BY number LIMIT ?",
                             {scope.account, scope.region, collection, signed_number(after), signed_number(generation),
                              static_cast<std::int64_t>(limit)}));
    std::vector<User> users;
    while (TRY(query.step())) users.push_back(user_in(query));
    return users;
  });
}

}  // namespace likeness::store

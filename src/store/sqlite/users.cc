// SqliteStore: users, that is, subjects with a user id.
#include <string>

#include "store/failures.h"
#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

constexpr const char* what = "user";

// Of a row: user_id, id, status, created.
User user_in(const Query& row) {
  return {.id = row.text(0),
          .subject_id = row.text(1),
          .status = static_cast<UserStatus>(row.number(2)),
          .created = row.time(3)};
}

}  // namespace

Result<Applied> SqliteStore::create_user(const Scope& scope, std::string_view collection, const User& user,
                                         const Mutation& mutation) {
  TRY(validate(user));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    const Result<void> made =
        inserted(connection.run("INSERT INTO subjects (account, region, collection, id, user_id, status, created)"
                                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                                {scope.account, scope.region, collection, user.subject_id, user.id,
                                 static_cast<std::int64_t>(user.status), user.created}),
                 what, user.id);
    if (!made.ok() && made.error().kind == ErrorKind::not_found) return missing("collection", collection);
    return made;
  });
}

Result<Applied> SqliteStore::set_user_status(const Scope& scope, std::string_view collection, std::string_view id,
                                             UserStatus status, const Mutation& mutation) {
  return apply(scope, mutation, [&](Connection& connection) {
    return found(connection.change("UPDATE subjects SET status = ?"
                                   " WHERE account = ? AND region = ? AND collection = ? AND user_id = ?",
                                   {static_cast<std::int64_t>(status), scope.account, scope.region, collection, id}),
                 what, id);
  });
}

Result<Applied> SqliteStore::delete_user(const Scope& scope, std::string_view collection, std::string_view id,
                                         const Mutation& mutation) {
  return apply(scope, mutation, [&](Connection& connection) {
    return found(connection.change("DELETE FROM subjects"
                                   " WHERE account = ? AND region = ? AND collection = ? AND user_id = ?",
                                   {scope.account, scope.region, collection, id}),
                 what, id);
  });
}

Result<User> SqliteStore::user(const Scope& scope, std::string_view collection, std::string_view id) {
  TRY(validate(scope));
  return readers_.read<User>([&](Connection& connection) -> Result<User> {
    Query query =
        TRY(connection.query("SELECT user_id, id, status, created FROM subjects"
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
    const std::int64_t collections =
        TRY(connection.number("SELECT count(*) FROM collections WHERE account = ? AND region = ? AND id = ?",
                              {scope.account, scope.region, collection}));
    if (collections == 0) return missing("collection", collection);
    Query query =
        TRY(connection.query("SELECT user_id, id, status, created FROM subjects"
                             " WHERE account = ? AND region = ? AND collection = ? AND user_id > ?"
                             " ORDER BY user_id LIMIT ?",
                             {scope.account, scope.region, collection, after, static_cast<std::int64_t>(limit)}));
    std::vector<User> users;
    while (TRY(query.step())) users.push_back(user_in(query));
    return users;
  });
}

}  // namespace likeness::store

#include "store/sqlite/face_rows.h"

#include "store/failures.h"

namespace likeness::store {

std::string deleted_resource(std::string_view collection) { return "deleted:" + std::string(collection); }

Result<void> require_collection(Connection& connection, const Scope& scope, std::string_view collection) {
  const std::int64_t found =
      TRY(connection.number("SELECT count(*) FROM collections"
                            " WHERE account = ? AND region = ? AND id = ? AND deleted = 0",
                            {scope.account, scope.region, collection}));
  if (found == 0) return missing("collection", collection);
  return {};
}

Result<std::int64_t> next_generation(Connection& connection, const Place& place, std::int64_t faces) {
  return connection.number(
      "UPDATE collections SET generation = generation + 1, face_count = face_count + ?"
      " WHERE account = ? AND region = ? AND id = ? RETURNING generation",
      {faces, place.scope.account, place.scope.region, place.collection});
}

Result<void> insert_user(Connection& connection, const Scope& scope, std::string_view collection, const User& user) {
  const std::int64_t number =
      TRY(connection.number("UPDATE counters SET value = value + 1 WHERE name = 'user' RETURNING value"));
  TRY(inserted(connection.run("INSERT INTO subjects (account, region, collection, id, user_id, status, created, number)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                              {scope.account, scope.region, collection, user.subject_id, user.id,
                               static_cast<std::int64_t>(user.status), user.created, number}),
               "user", user.id));
  return connection.run(
      "UPDATE collections SET user_count = user_count + 1 WHERE account = ? AND region = ? AND id = ?",
      {scope.account, scope.region, collection});
}

Result<std::optional<std::string>> subject_of_user(Connection& connection, const Scope& scope,
                                                   std::string_view collection, std::string_view user) {
  Query query =
      TRY(connection.query("SELECT id FROM subjects"
                           " WHERE account = ? AND region = ? AND collection = ? AND user_id = ?",
                           {scope.account, scope.region, collection, user}));
  if (!TRY(query.step())) return std::optional<std::string>();
  return std::optional(query.text(0));
}

Result<void> remove_user(Connection& connection, const Scope& scope, std::string_view collection,
                         std::string_view subject) {
  if (TRY(count_faces(connection, {scope, collection}, subject)) > 0) return changed_since();
  TRY(connection.run("DELETE FROM subjects WHERE account = ? AND region = ? AND collection = ? AND id = ?",
                     {scope.account, scope.region, collection, subject}));
  return connection.run(
      "UPDATE collections SET user_count = user_count - 1 WHERE account = ? AND region = ? AND id = ?",
      {scope.account, scope.region, collection});
}

Result<std::int64_t> count_faces(Connection& connection, const Place& place, std::string_view subject) {
  return connection.number(
      "SELECT count(*) FROM faces"
      " WHERE account = ? AND region = ? AND collection = ? AND subject = ?",
      {place.scope.account, place.scope.region, place.collection, subject});
}

Result<void> face_left(Connection& connection, const Place& place, std::string_view subject, std::int64_t generation) {
  const bool empty = TRY(count_faces(connection, place, subject)) == 0;
  if (empty) {
    TRY(
        connection.run("DELETE FROM subjects"
                       " WHERE account = ? AND region = ? AND collection = ? AND id = ? AND user_id IS NULL",
                       {place.scope.account, place.scope.region, place.collection, subject}));
  }
  return connection.run(
      "UPDATE subjects SET changed = ?, status = CASE WHEN ? THEN ? ELSE status END"
      " WHERE account = ? AND region = ? AND collection = ? AND id = ? AND user_id IS NOT NULL",
      {generation, static_cast<std::int64_t>(empty ? 1 : 0), static_cast<std::int64_t>(UserStatus::created),
       place.scope.account, place.scope.region, place.collection, subject});
}

}  // namespace likeness::store

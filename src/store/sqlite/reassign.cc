// SqliteStore: faces that change hands.
#include <set>
#include <string>
#include <string_view>

#include "store/failures.h"
#include "store/sqlite/face_rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

// The subject that takes a face: a user's, or made for it.
Result<void> open_subject(Connection& connection, const Place& place, std::string_view subject, Time now,
                          std::int64_t generation) {
  const Scope& scope = place.scope;
  const std::int64_t status = static_cast<std::int64_t>(UserStatus::active);
  const std::int64_t updated =
      TRY(connection.change("UPDATE subjects SET changed = ?, status = ?"
                            " WHERE account = ? AND region = ? AND collection = ? AND id = ? AND user_id IS NOT NULL",
                            {generation, status, scope.account, scope.region, place.collection, subject}));
  if (updated > 0) return {};
  Result<void> made = connection.run(
      "INSERT INTO subjects (account, region, collection, id, status, created, changed)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {scope.account, scope.region, place.collection, subject, status, now, generation});
  if (!made.ok() && made.error().kind == ErrorKind::already_exists) return changed_since();
  return made;
}

Result<void> move_face(Connection& connection, const Place& place, const FaceMove& move, Time now,
                       std::int64_t generation) {
  const Scope& scope = place.scope;
  // The face first: one that is not there says so, whatever its new subject is.
  const std::int64_t there =
      TRY(connection.number("SELECT count(*) FROM faces"
                            " WHERE account = ? AND region = ? AND collection = ? AND id = ? AND subject = ?",
                            {scope.account, scope.region, place.collection, move.face_id, move.from}));
  if (there == 0) return changed_since();
  TRY(open_subject(connection, place, move.to, now, generation));
  TRY(
      connection.run("UPDATE faces SET subject = s.id, user_id = s.user_id FROM subjects s"
                     " WHERE s.account = faces.account AND s.region = faces.region"
                     " AND s.collection = faces.collection AND s.id = ?"
                     " AND faces.account = ? AND faces.region = ? AND faces.collection = ? AND faces.id = ?",
                     {move.to, scope.account, scope.region, place.collection, move.face_id}));
  // What was rejected of the subject that the face leaves is rejected of the one that takes it, but its own faces.
  TRY(
      connection.run("INSERT OR IGNORE INTO rejections (account, region, collection, subject, face, actor, created)"
                     " SELECT r.account, r.region, r.collection, ?, r.face, r.actor, r.created FROM rejections r"
                     " WHERE r.account = ? AND r.region = ? AND r.collection = ? AND r.subject = ?"
                     " AND NOT EXISTS (SELECT 1 FROM faces f WHERE f.account = r.account AND f.region = r.region"
                     " AND f.collection = r.collection AND f.id = r.face AND f.subject = ?)",
                     {move.to, scope.account, scope.region, place.collection, move.from, move.to}));
  // A face is no stranger to the subject that it belongs to now.
  TRY(
      connection.run("DELETE FROM rejections"
                     " WHERE account = ? AND region = ? AND collection = ? AND subject = ? AND face = ?",
                     {scope.account, scope.region, place.collection, move.to, move.face_id}));
  return face_left(connection, place, move.from, generation);
}

Result<void> check_sizes(Connection& connection, const Place& place, const Reassignment& reassignment) {
  std::set<std::string_view> takers;
  for (const FaceMove& move : reassignment.moves) takers.insert(move.to);
  for (const std::string_view subject : takers) {
    const std::int64_t count = TRY(count_faces(connection, place, subject));
    if (static_cast<std::size_t>(count) > reassignment.most) return too_many("faces of a subject", reassignment.most);
  }
  return {};
}

}  // namespace

Result<Applied> SqliteStore::reassign(const Scope& scope, std::string_view collection, const Reassignment& reassignment,
                                      const Mutation& mutation) {
  TRY(validate(reassignment));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_collection(connection, scope, collection));
    const Place place{scope, collection};
    if (reassignment.made) TRY(insert_user(connection, scope, collection, *reassignment.made));
    const std::int64_t generation = TRY(next_generation(connection, place, 0));
    for (const FaceMove& move : reassignment.moves) {
      TRY(move_face(connection, place, move, mutation.record.time, generation));
    }
    TRY(check_sizes(connection, place, reassignment));
    if (!reassignment.removed) return {};
    const std::optional<std::string> subject =
        TRY(subject_of_user(connection, scope, collection, *reassignment.removed));
    if (!subject) return changed_since();
    return remove_user(connection, scope, collection, *subject);
  });
}

}  // namespace likeness::store

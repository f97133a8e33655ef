// SqliteStore: what was rejected.
#include <algorithm>
#include <string>

#include "store/failures.h"
#include "store/sqlite/face_rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

using RejectionList = std::vector<Rejection>;

// Of a row: subject, face, user_id, actor, created.
Result<RejectionList> rejections_in(Query query) {
  RejectionList rejections;
  while (TRY(query.step())) {
    rejections.push_back({.subject_id = query.text(0),
                          .face_id = query.text(1),
                          .user_id = query.optional_text(2),
                          .actor = query.text(3),
                          .created = query.time(4)});
  }
  return rejections;
}

Result<std::string> subject_of_face(Connection& connection, const Place& place, std::string_view face) {
  Query query =
      TRY(connection.query("SELECT subject FROM faces WHERE account = ? AND region = ? AND collection = ? AND id = ?",
                           {place.scope.account, place.scope.region, place.collection, face}));
  if (!TRY(query.step())) return missing("face", face);
  return query.text(0);
}

}  // namespace

Result<Applied> SqliteStore::reject(const Scope& scope, std::string_view collection, const Rejection& rejection,
                                    std::size_t most, const Mutation& mutation) {
  TRY(validate(rejection));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_collection(connection, scope, collection));
    const std::int64_t subjects =
        TRY(connection.number("SELECT count(*) FROM subjects"
                              " WHERE account = ? AND region = ? AND collection = ? AND id = ?",
                              {scope.account, scope.region, collection, rejection.subject_id}));
    if (subjects == 0) return missing("subject", rejection.subject_id);
    if (TRY(subject_of_face(connection, {scope, collection}, rejection.face_id)) == rejection.subject_id) {
      return changed_since();
    }
    const std::int64_t added =
        TRY(connection.change("INSERT OR IGNORE INTO rejections"
                              " (account, region, collection, subject, face, actor, created)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?)",
                              {scope.account, scope.region, collection, rejection.subject_id, rejection.face_id,
                               rejection.actor, rejection.created}));
    if (added == 0) return {};
    const std::int64_t of_subject =
        TRY(connection.number("SELECT count(*) FROM rejections"
                              " WHERE account = ? AND region = ? AND collection = ? AND subject = ?",
                              {scope.account, scope.region, collection, rejection.subject_id}));
    const std::int64_t of_face =
        TRY(connection.number("SELECT count(*) FROM rejections"
                              " WHERE account = ? AND region = ? AND collection = ? AND face = ?",
                              {scope.account, scope.region, collection, rejection.face_id}));
    if (static_cast<std::size_t>(std::max(of_subject, of_face)) > most) return too_many("rejections", most);
    return {};
  });
}

Result<Applied> SqliteStore::retract_rejection(const Scope& scope, std::string_view collection, const RejectionKey& key,
                                               const Mutation& mutation) {
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_collection(connection, scope, collection));
    return found(connection.change("DELETE FROM rejections"
                                   " WHERE account = ? AND region = ? AND collection = ? AND subject = ? AND face = ?",
                                   {scope.account, scope.region, collection, key.subject_id, key.face_id}),
                 "rejection of the face", key.face_id);
  });
}

Result<RejectionList> SqliteStore::list_rejections(const Scope& scope, std::string_view collection,
                                                   std::string_view subject, const RejectionKey& after,
                                                   std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  return readers_.read<RejectionList>([&](Connection& connection) -> Result<RejectionList> {
    TRY(require_collection(connection, scope, collection));
    if (subject.empty()) {
      return rejections_in(TRY(connection.query(
          "SELECT r.subject, r.face, s.user_id, r.actor, r.created FROM rejections r"
          " JOIN subjects s ON s.account = r.account AND s.region = r.region AND s.collection = r.collection"
          " AND s.id = r.subject WHERE r.account = ? AND r.region = ? AND r.collection = ?"
          " AND (r.subject, r.face) > (?, ?) ORDER BY r.subject, r.face LIMIT ?",
          {scope.account, scope.region, collection, after.subject_id, after.face_id,
           static_cast<std::int64_t>(limit)})));
    }
    if (after.subject_id > subject) return RejectionList();
    const std::string_view after_face = after.subject_id == subject ? std::string_view(after.face_id) : "";
    return rejections_in(TRY(connection.query(
        "SELECT r.subject, r.face, s.user_id, r.actor, r.created FROM rejections r"
        " JOIN subjects s ON s.account = r.account AND s.region = r.region AND s.collection = r.collection"
        " AND s.id = r.subject WHERE r.account = ? AND r.region = ? AND r.collection = ? AND r.subject = ?"
        " AND r.face > ? ORDER BY r.face LIMIT ?",
        {scope.account, scope.region, collection, subject, after_face, static_cast<std::int64_t>(limit)})));
  });
}

Result<RejectionList> SqliteStore::rejections_of_face(const Scope& scope, std::string_view collection,
                                                      std::string_view face, std::string_view after_subject,
                                                      std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  return readers_.read<RejectionList>([&](Connection& connection) -> Result<RejectionList> {
    TRY(require_collection(connection, scope, collection));
    return rejections_in(TRY(connection.query(
        "SELECT r.subject, r.face, s.user_id, r.actor, r.created FROM rejections r"
        " JOIN subjects s ON s.account = r.account AND s.region = r.region AND s.collection = r.collection"
        " AND s.id = r.subject WHERE r.account = ? AND r.region = ? AND r.collection = ? AND r.face = ?"
        " AND r.subject > ? ORDER BY r.subject LIMIT ?",
        {scope.account, scope.region, collection, face, after_subject, static_cast<std::int64_t>(limit)})));
  });
}

}  // namespace likeness::store

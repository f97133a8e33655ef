// SqliteStore: faces added, removed and read.
#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>

#include "store/failures.h"
#include "store/limits.h"
#include "store/sqlite/face_rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

using FaceList = std::vector<Face>;

// Texts as one, when this is compiled: statements are constants that live as long as the program.
template <std::size_t N, std::size_t M, std::size_t L>
consteval std::array<char, N + M + L - 2> joined(const char (&first)[N], const char (&second)[M],
                                                 const char (&third)[L]) {
  std::array<char, N + M + L - 2> text{};
  std::copy_n(first, N - 1, text.begin());
  std::copy_n(second, M - 1, text.begin() + (N - 1));
  std::copy_n(third, L, text.begin() + (N + M - 2));
  return text;
}

constexpr char face_columns[] =
    "SELECT f.id, f.subject, f.user_id, f.image_id, f.external_image_id, f.picture_hash, f.box_left, f.box_top,"
    " f.box_width, f.box_height, f.confidence, f.face_model_version, f.key_slot, f.created, t.sealed_template,"
    " f.sharpness"
    " FROM faces f";
constexpr char with_templates[] =
    " JOIN templates t ON t.key_slot = f.key_slot WHERE f.account = ? AND f.region = ? AND f.collection = ?";
constexpr auto by_id = joined(face_columns, with_templates, " AND f.id = ?");
// These name their indexes. SQLite knows no sizes and would walk a whole collection in the order of ids, which makes
// the right answer, and a slow one (read_cost_test.cc).
constexpr char by_slot_from[] =
    " INDEXED BY faces_by_slot JOIN templates t ON t.key_slot = f.key_slot"
    " WHERE f.account = ? AND f.region = ? AND f.collection = ?";
constexpr char by_picture_from[] =
    " INDEXED BY faces_by_picture JOIN templates t ON t.key_slot = f.key_slot"
    " WHERE f.account = ? AND f.region = ? AND f.collection = ?";
constexpr char by_subject_from[] =
    " INDEXED BY faces_by_subject JOIN templates t ON t.key_slot = f.key_slot"
    " WHERE f.account = ? AND f.region = ? AND f.collection = ?";
constexpr auto by_slot = joined(face_columns, by_slot_from, " AND f.key_slot = ?");
constexpr auto by_picture = joined(face_columns, by_picture_from, " AND f.picture_hash = ? ORDER BY f.id LIMIT ?");
constexpr auto by_subject =
    joined(face_columns, by_subject_from, " AND f.subject = ? AND f.id > ? ORDER BY f.id LIMIT ?");
constexpr const char* listed =
    "SELECT id, subject, user_id, image_id, external_image_id, picture_hash, box_left, box_top, box_width, box_height,"
    " confidence, face_model_version, key_slot, created, x'', sharpness"
    " FROM faces WHERE account = ? AND region = ? AND collection = ? AND id > ? ORDER BY id LIMIT ?";

// Of a row of these.
Face face_in(const Query& row) {
  Face face;
  face.id = row.text(0);
  face.subject_id = row.text(1);
  face.user_id = row.optional_text(2);
  face.image_id = row.text(3);
  face.external_image_id = row.optional_text(4);
  const Bytes hash = row.bytes(5);
  if (hash.size() == face.picture_hash.size()) std::copy(hash.begin(), hash.end(), face.picture_hash.begin());
  face.box_left = row.real(6);
  face.box_top = row.real(7);
  face.box_width = row.real(8);
  face.box_height = row.real(9);
  face.confidence = row.real(10);
  face.face_model_version = row.text(11);
  face.key_slot = static_cast<std::uint64_t>(row.number(12));
  face.created = row.time(13);
  face.sealed_template = row.bytes(14);
  face.sharpness = row.real(15);
  return face;
}

Result<FaceList> faces_in(Query query) {
  FaceList faces;
  while (TRY(query.step())) faces.push_back(face_in(query));
  return faces;
}

Result<std::uint64_t> known_of_pictures(Connection& connection, const Place& place, const FaceList& faces) {
  std::set<Digest> pictures;
  for (const Face& face : faces) pictures.insert(face.picture_hash);
  std::int64_t known = 0;
  for (const Digest& picture : pictures) {
    known +=
        TRY(connection.number("SELECT count(*) FROM faces"
                              " WHERE account = ? AND region = ? AND collection = ? AND picture_hash = ?",
                              {place.scope.account, place.scope.region, place.collection, ByteSpan(picture)}));
  }
  return static_cast<std::uint64_t>(known);
}

Result<void> insert_face(Connection& connection, const Place& place, const Face& face, std::int64_t generation) {
  const Scope& scope = place.scope;
  TRY(inserted(connection.run("INSERT INTO subjects (account, region, collection, id, status, created, changed)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?)",
                              {scope.account, scope.region, place.collection, face.subject_id,
                               static_cast<std::int64_t>(UserStatus::active), face.created, generation}),
               "face", face.id));
  TRY(inserted(connection.run("INSERT INTO templates (key_slot, sealed_template) VALUES (?, ?)",
                              {signed_number(face.key_slot), face.sealed_template}),
               "key slot", std::to_string(face.key_slot)));
  return inserted(
      connection.run("INSERT INTO faces (account, region, collection, id, subject, image_id, external_image_id,"
                     " picture_hash, box_left, box_top, box_width, box_height, confidence, face_model_version,"
                     " key_slot, created, sharpness) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     {scope.account, scope.region, place.collection, face.id, face.subject_id, face.image_id,
                      face.external_image_id, ByteSpan(face.picture_hash), face.box_left, face.box_top, face.box_width,
                      face.box_height, face.confidence, face.face_model_version, signed_number(face.key_slot),
                      face.created, face.sharpness}),
      "face", face.id);
}

Result<void> delete_face(Connection& connection, const Place& place, const Face& face, std::int64_t generation) {
  const Scope& scope = place.scope;
  std::int64_t slot = 0;
  {
    Query query =
        TRY(connection.query("DELETE FROM faces WHERE account = ? AND region = ? AND collection = ? AND id = ?"
                             " AND subject = ? RETURNING key_slot",
                             {scope.account, scope.region, place.collection, face.id, face.subject_id}));
    if (!TRY(query.step())) return changed_since();
    slot = query.number(0);
    (void)TRY(query.step());  // to its end: there the foreign keys are looked at
  }
  TRY(connection.run("INSERT OR IGNORE INTO erased_slots (slot) VALUES (?)", {slot}));
  TRY(connection.run("DELETE FROM templates WHERE key_slot = ?", {slot}));
  TRY(connection.run("DELETE FROM rejections WHERE account = ? AND region = ? AND collection = ? AND face = ?",
                     {scope.account, scope.region, place.collection, face.id}));
  return face_left(connection, place, face.subject_id, generation);
}

}  // namespace

Result<Applied> SqliteStore::add_faces(const Scope& scope, std::string_view collection, const FaceAddition& addition,
                                       const Mutation& mutation) {
  TRY(validate(addition));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_collection(connection, scope, collection));
    const Place place{scope, collection};
    const std::uint64_t known = TRY(known_of_pictures(connection, place, addition.faces));
    const std::int64_t generation =
        TRY(next_generation(connection, place, static_cast<std::int64_t>(addition.faces.size())));
    for (const Face& face : addition.faces) TRY(insert_face(connection, place, face, generation));
    if (known != addition.known_of_pictures) return changed_since();
    const std::int64_t count =
        TRY(connection.number("SELECT face_count FROM collections WHERE account = ? AND region = ? AND id = ?",
                              {scope.account, scope.region, collection}));
    if (static_cast<std::uint64_t>(count) > addition.most) return too_many("faces in the collection", addition.most);
    return {};
  });
}

Result<Applied> SqliteStore::remove_faces(const Scope& scope, std::string_view collection,
                                          const std::vector<Face>& faces, const Mutation& mutation) {
  TRY(validate_list(faces.size(), false, "faces"));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_collection(connection, scope, collection));
    const Place place{scope, collection};
    const std::int64_t generation = TRY(next_generation(connection, place, -static_cast<std::int64_t>(faces.size())));
    for (const Face& face : faces) TRY(delete_face(connection, place, face, generation));
    return {};
  });
}

Result<FaceList> SqliteStore::faces(const Scope& scope, std::string_view collection,
                                    const std::vector<std::string>& ids) {
  TRY(validate(scope));
  TRY(validate_list(ids.size(), true, "ids"));
  return readers_.read<FaceList>([&](Connection& connection) -> Result<FaceList> {
    TRY(require_collection(connection, scope, collection));
    FaceList faces;
    for (const std::string& id : ids) {
      Query query = TRY(connection.query(by_id.data(), {scope.account, scope.region, collection, id}));
      if (TRY(query.step())) faces.push_back(face_in(query));
    }
    return faces;
  });
}

Result<FaceList> SqliteStore::faces_in_slots(const Scope& scope, std::string_view collection,
                                             const std::vector<std::uint64_t>& slots) {
  TRY(validate(scope));
  TRY(validate_list(slots.size(), true, "key slots"));
  return readers_.read<FaceList>([&](Connection& connection) -> Result<FaceList> {
    TRY(require_collection(connection, scope, collection));
    FaceList faces;
    for (const std::uint64_t slot : slots) {
      Query query =
          TRY(connection.query(by_slot.data(), {scope.account, scope.region, collection, signed_number(slot)}));
      if (TRY(query.step())) faces.push_back(face_in(query));
    }
    return faces;
  });
}

Result<FaceList> SqliteStore::faces_of_picture(const Scope& scope, std::string_view collection,
                                               const Digest& picture_hash) {
  TRY(validate(scope));
  return readers_.read<FaceList>([&](Connection& connection) -> Result<FaceList> {
    TRY(require_collection(connection, scope, collection));
    return faces_in(
        TRY(connection.query(by_picture.data(), {scope.account, scope.region, collection, ByteSpan(picture_hash),
                                                 static_cast<std::int64_t>(limits::page)})));
  });
}

Result<FaceList> SqliteStore::faces_of_subject(const Scope& scope, std::string_view collection,
                                               std::string_view subject, std::string_view after, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  return readers_.read<FaceList>([&](Connection& connection) -> Result<FaceList> {
    TRY(require_collection(connection, scope, collection));
    return faces_in(TRY(connection.query(by_subject.data(), {scope.account, scope.region, collection, subject, after,
                                                             static_cast<std::int64_t>(limit)})));
  });
}

Result<std::vector<double>> SqliteStore::mean_sharpness(const Scope& scope, std::string_view collection,
                                                        const std::vector<std::string>& subjects) {
  TRY(validate(scope));
  TRY(validate_list(subjects.size(), true, "subjects"));
  return readers_.read<std::vector<double>>([&](Connection& connection) -> Result<std::vector<double>> {
    TRY(require_collection(connection, scope, collection));
    std::vector<double> means;
    means.reserve(subjects.size());
    for (const std::string& subject : subjects) {
      Query query =
          TRY(connection.query("SELECT ifnull(avg(sharpness), 100.0) FROM faces INDEXED BY faces_by_subject"
                               " WHERE account = ? AND region = ? AND collection = ? AND subject = ?",
                               {scope.account, scope.region, collection, subject}));
      (void)TRY(query.step());
      means.push_back(query.real(0));
    }
    return means;
  });
}

Result<FaceList> SqliteStore::list_faces(const Scope& scope, std::string_view collection, std::string_view after,
                                         std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  return readers_.read<FaceList>([&](Connection& connection) -> Result<FaceList> {
    TRY(require_collection(connection, scope, collection));
    return faces_in(TRY(
        connection.query(listed, {scope.account, scope.region, collection, after, static_cast<std::int64_t>(limit)})));
  });
}

Result<std::vector<FaceTemplate>> SqliteStore::templates(const Scope& scope, std::string_view collection,
                                                         std::uint64_t from, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  using Templates = std::vector<FaceTemplate>;
  return readers_.read<Templates>([&](Connection& connection) -> Result<Templates> {
    TRY(require_collection(connection, scope, collection));
    Query query = TRY(connection.query(
        "SELECT f.key_slot, f.id, t.sealed_template FROM faces f INDEXED BY faces_by_slot"
        " JOIN templates t ON t.key_slot = f.key_slot WHERE f.account = ? AND f.region = ? AND f.collection = ? AND "
        "f.key_slot >= ?"
        " ORDER BY f.key_slot LIMIT ?",
        {scope.account, scope.region, collection, signed_number(from), static_cast<std::int64_t>(limit)}));
    Templates page;
    while (TRY(query.step())) {
      page.push_back({.key_slot = static_cast<std::uint64_t>(query.number(0)),
                      .face_id = query.text(1),
                      .sealed_template = query.bytes(2)});
    }
    return page;
  });
}

Result<std::vector<std::uint64_t>> SqliteStore::slots(const Scope& scope, std::string_view collection,
                                                      std::uint64_t from, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  using Slots = std::vector<std::uint64_t>;
  return readers_.read<Slots>([&](Connection& connection) -> Result<Slots> {
    TRY(require_collection(connection, scope, collection));
    Query query = TRY(connection.query(
        "SELECT key_slot FROM faces"
        " WHERE account = ? AND region = ? AND collection = ? AND key_slot >= ?"
        " ORDER BY key_slot LIMIT ?",
        {scope.account, scope.region, collection, signed_number(from), static_cast<std::int64_t>(limit)}));
    Slots page;
    while (TRY(query.step())) page.push_back(static_cast<std::uint64_t>(query.number(0)));
    return page;
  });
}

}  // namespace likeness::store

// SqliteStore: what deleted collections left, and the key slots that are to be overwritten.
#include <algorithm>
#include <string>
#include <vector>

#include "store/sqlite/face_rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

Result<bool> is_deleted(Connection& connection, const Scope& scope, std::string_view id) {
  const std::int64_t found =
      TRY(connection.number("SELECT count(*) FROM collections"
                            " WHERE account = ? AND region = ? AND id = ? AND deleted = 1",
                            {scope.account, scope.region, id}));
  return found > 0;
}

// Faces of the collection, at most `most`; how many.
Result<std::int64_t> bury_faces(Connection& connection, const LocatedCollection& grave, std::int64_t most) {
  const Scope& scope = grave.scope;
  TRY(
      connection.run("INSERT OR IGNORE INTO erased_slots (slot) SELECT key_slot FROM faces"
                     " WHERE account = ? AND region = ? AND collection = ? ORDER BY key_slot LIMIT ?",
                     {scope.account, scope.region, grave.id, most}));
  TRY(
      connection.run("DELETE FROM templates WHERE key_slot IN (SELECT key_slot FROM faces"
                     " WHERE account = ? AND region = ? AND collection = ? ORDER BY key_slot LIMIT ?)",
                     {scope.account, scope.region, grave.id, most}));
  return connection.change(
      "DELETE FROM faces WHERE (account, region, collection, id) IN (SELECT account, region, collection, id FROM faces"
      " WHERE account = ? AND region = ? AND collection = ? ORDER BY key_slot LIMIT ?)",
      {scope.account, scope.region, grave.id, most});
}

// Subjects, with what hangs on them. Precondition: no faces are left.
Result<std::int64_t> bury_subjects(Connection& connection, const LocatedCollection& grave, std::int64_t most) {
  const Scope& scope = grave.scope;
  return connection.change(
      "DELETE FROM subjects WHERE rowid IN (SELECT rowid FROM subjects"
      " WHERE account = ? AND region = ? AND collection = ? LIMIT ?)",
      {scope.account, scope.region, grave.id, most});
}

Result<void> bury_collection(Connection& connection, const LocatedCollection& grave) {
  const Scope& scope = grave.scope;
  TRY(connection.run("DELETE FROM collections WHERE account = ? AND region = ? AND id = ?",
                     {scope.account, scope.region, grave.id}));
  return connection.run("DELETE FROM resources WHERE account = ? AND region = ? AND resource = ?",
                        {scope.account, scope.region, deleted_resource(grave.id)});
}

}  // namespace

Result<std::vector<LocatedCollection>> SqliteStore::deleted_collections() {
  using Found = std::vector<LocatedCollection>;
  return readers_.read<Found>([](Connection& connection) -> Result<Found> {
    Query query = TRY(connection.query("SELECT account, region, id FROM collections WHERE deleted = 1", {}));
    Found found;
    while (TRY(query.step())) {
      found.push_back({.scope = {.account = query.text(0), .region = query.text(1)}, .id = query.text(2)});
    }
    return found;
  });
}

Result<bool> SqliteStore::purge(const LocatedCollection& collection, std::size_t most) {
  TRY(validate(collection.scope));
  TRY(validate_page(most));
  bool more = false;
  const Result<void> purged = writer_.run([&](Connection& connection) -> Result<void> {
    more = TRY(is_deleted(connection, collection.scope, collection.id));
    if (!more) return {};
    auto left = static_cast<std::int64_t>(most);
    left -= TRY(bury_faces(connection, collection, left));
    if (left > 0) left -= TRY(bury_subjects(connection, collection, left));
    if (left == 0) return {};  // there may be more of them
    more = false;
    return bury_collection(connection, collection);
  });
  if (!purged.ok()) return purged.error();
  return more;
}

Result<std::vector<std::uint64_t>> SqliteStore::slots_to_wipe(std::uint64_t from, std::size_t limit) {
  TRY(validate_page(limit));
  using Slots = std::vector<std::uint64_t>;
  return readers_.read<Slots>([&](Connection& connection) -> Result<Slots> {
    Query query = TRY(connection.query("SELECT slot FROM erased_slots WHERE slot >= ? ORDER BY slot LIMIT ?",
                                       {signed_number(from), static_cast<std::int64_t>(limit)}));
    Slots slots;
    while (TRY(query.step())) slots.push_back(static_cast<std::uint64_t>(query.number(0)));
    return slots;
  });
}

Result<std::vector<std::uint64_t>> SqliteStore::slots_of_deleted(const Scope& scope, std::string_view collection,
                                                                 std::uint64_t from, std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  using Slots = std::vector<std::uint64_t>;
  return readers_.read<Slots>([&](Connection& connection) -> Result<Slots> {
    Slots slots;
    if (!TRY(is_deleted(connection, scope, collection))) return slots;
    Query query = TRY(connection.query(
        "SELECT key_slot FROM faces INDEXED BY faces_by_slot"
        " WHERE account = ? AND region = ? AND collection = ? AND key_slot >= ? ORDER BY key_slot LIMIT ?",
        {scope.account, scope.region, collection, signed_number(from), static_cast<std::int64_t>(limit)}));
    while (TRY(query.step())) slots.push_back(static_cast<std::uint64_t>(query.number(0)));
    return slots;
  });
}

Result<void> SqliteStore::forget_wiped(const std::vector<std::uint64_t>& slots) {
  if (slots.empty()) return {};
  return writer_.run([&](Connection& connection) -> Result<void> {
    for (const std::uint64_t slot : slots) {
      TRY(connection.run("DELETE FROM erased_slots WHERE slot = ?", {signed_number(slot)}));
    }
    return {};
  });
}

Result<std::vector<std::uint64_t>> SqliteStore::slots_in_use() {
  using Slots = std::vector<std::uint64_t>;
  Result<Slots> slots = readers_.read<Slots>([](Connection& connection) -> Result<Slots> {
    Query query = TRY(connection.query("SELECT key_slot FROM faces INDEXED BY faces_by_slot", {}));
    Slots found;
    while (TRY(query.step())) found.push_back(static_cast<std::uint64_t>(query.number(0)));
    return found;
  });
  if (slots.ok()) std::sort(slots->begin(), slots->end());
  return slots;
}

}  // namespace likeness::store

// SqliteStore: what deleted collections left, and the key slots that are to be overwritten.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite/face_rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

struct Grave {
  Scope scope;
  std::string collection;
};

Result<std::optional<Grave>> first_deleted(Connection& connection) {
  Query query = TRY(connection.query("SELECT account, region, id FROM collections WHERE deleted = 1 LIMIT 1", {}));
  if (!TRY(query.step())) return std::optional<Grave>();
  return std::optional(Grave{{.account = query.text(0), .region = query.text(1)}, query.text(2)});
}

// Faces of the collection, at most `most`; how many.
Result<std::int64_t> bury_faces(Connection& connection, const Grave& grave, std::int64_t most) {
  const Scope& scope = grave.scope;
  TRY(
      connection.run("INSERT OR IGNORE INTO erased_slots (slot) SELECT key_slot FROM faces"
                     " WHERE account = ? AND region = ? AND collection = ? ORDER BY key_slot LIMIT ?",
                     {scope.account, scope.region, grave.collection, most}));
  TRY(
      connection.run("DELETE FROM templates WHERE key_slot IN (SELECT key_slot FROM faces"
                     " WHERE account = ? AND region = ? AND collection = ? ORDER BY key_slot LIMIT ?)",
                     {scope.account, scope.region, grave.collection, most}));
  return connection.change(
      "DELETE FROM faces WHERE (account, region, collection, id) IN (SELECT account, region, collection, id FROM faces"
      " WHERE account = ? AND region = ? AND collection = ? ORDER BY key_slot LIMIT ?)",
      {scope.account, scope.region, grave.collection, most});
}

// Subjects, with what hangs on them. Precondition: no faces are left.
Result<std::int64_t> bury_subjects(Connection& connection, const Grave& grave, std::int64_t most) {
  const Scope& scope = grave.scope;
  return connection.change(
      "DELETE FROM subjects WHERE rowid IN (SELECT rowid FROM subjects"
      " WHERE account = ? AND region = ? AND collection = ? LIMIT ?)",
      {scope.account, scope.region, grave.collection, most});
}

Result<void> bury_collection(Connection& connection, const Grave& grave) {
  const Scope& scope = grave.scope;
  TRY(connection.run("DELETE FROM collections WHERE account = ? AND region = ? AND id = ?",
                     {scope.account, scope.region, grave.collection}));
  return connection.run("DELETE FROM resources WHERE account = ? AND region = ? AND resource = ?",
                        {scope.account, scope.region, deleted_resource(grave.collection)});
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

Result<bool> SqliteStore::purge(std::size_t most) {
  TRY(validate_page(most));
  // Mostly there is nothing to do, and no transaction is needed to see that.
  const auto look = [](Connection& connection) { return first_deleted(connection); };
  if (!TRY(readers_.read<std::optional<Grave>>(look))) return false;
  bool more = false;
  const Result<void> purged = writer_.run([&](Connection& connection) -> Result<void> {
    auto left = static_cast<std::int64_t>(most);
    more = false;
    while (true) {
      const std::optional<Grave> grave = TRY(first_deleted(connection));
      if (!grave) return {};
      if (left == 0) {
        more = true;
        return {};
      }
      left -= TRY(bury_faces(connection, *grave, left));
      if (left > 0) left -= TRY(bury_subjects(connection, *grave, left));
      if (left > 0) TRY(bury_collection(connection, *grave));
    }
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
    const std::int64_t deleted =
        TRY(connection.number("SELECT count(*) FROM collections"
                              " WHERE account = ? AND region = ? AND id = ? AND deleted = 1",
                              {scope.account, scope.region, collection}));
    if (deleted == 0) return slots;
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

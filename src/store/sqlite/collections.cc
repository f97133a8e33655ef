// SqliteStore: collections and the tags of resources.
#include <string>

#include "store/failures.h"
#include "store/sqlite/face_rows.h"
#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

constexpr const char* what = "collection";

// Of a row: id, resource, embedding_space, face_model_version, purpose, wrapped_key, created.
Collection collection_in(const Query& row) {
  return {.id = row.text(0),
          .resource = row.text(1),
          .embedding_space = row.text(2),
          .face_model_version = row.text(3),
          .purpose = row.text(4),
          .wrapped_key = row.bytes(5),
          .created = row.time(6)};
}

Result<void> put_tags(Connection& connection, const Scope& scope, std::string_view resource, const Tags& tags) {
  for (const auto& [key, value] : tags) {
    TRY(connection.run("INSERT OR REPLACE INTO tags (account, region, resource, key, value) VALUES (?, ?, ?, ?, ?)",
                       {scope.account, scope.region, resource, key, value}));
  }
  return {};
}

Result<void> require_resource(Connection& connection, const Scope& scope, std::string_view resource) {
  const std::int64_t resources =
      TRY(connection.number("SELECT count(*) FROM resources WHERE account = ? AND region = ? AND resource = ?",
                            {scope.account, scope.region, resource}));
  if (resources == 0) return missing("resource", resource);
  return {};
}

}  // namespace

Result<Applied> SqliteStore::create_collection(const Scope& scope, const Collection& collection, const Tags& tags,
                                               const Mutation& mutation) {
  TRY(validate(collection));
  TRY(validate(tags));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    const std::int64_t left =
        TRY(connection.number("SELECT count(*) FROM collections"
                              " WHERE account = ? AND region = ? AND id = ? AND deleted = 1",
                              {scope.account, scope.region, collection.id}));
    if (left > 0) return being_deleted(collection.id);
    TRY(inserted(
        connection.run("INSERT INTO resources (account, region, resource, kind) VALUES (?, ?, ?, 'collection')",
                       {scope.account, scope.region, collection.resource}),
        what, collection.id));
    TRY(inserted(
        connection.run("INSERT INTO collections (account, region, id, resource, embedding_space,"
                       " face_model_version, purpose, wrapped_key, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       {scope.account, scope.region, collection.id, collection.resource, collection.embedding_space,
                        collection.face_model_version, collection.purpose, collection.wrapped_key, collection.created}),
        what, collection.id));
    return put_tags(connection, scope, collection.resource, tags);
  });
}

Result<Applied> SqliteStore::delete_collection(const Scope& scope, std::string_view id, const Mutation& mutation) {
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    std::string resource;
    {
      Query query =
          TRY(connection.query("SELECT resource FROM collections"
                               " WHERE account = ? AND region = ? AND id = ? AND deleted = 0",
                               {scope.account, scope.region, id}));
      if (!TRY(query.step())) return missing(what, id);
      resource = query.text(0);
    }
    // What is left of it stands under a name that no client can give (theirs have a slash), so that its tags can go
    // now.
    const std::string grave = deleted_resource(id);
    TRY(connection.run("INSERT INTO resources (account, region, resource, kind) VALUES (?, ?, ?, 'deleted')",
                       {scope.account, scope.region, grave}));
    TRY(
        connection.run("UPDATE collections SET deleted = 1, resource = ?"
                       " WHERE account = ? AND region = ? AND id = ?",
                       {grave, scope.account, scope.region, id}));
    TRY(connection.run("DELETE FROM resources WHERE account = ? AND region = ? AND resource = ?",
                       {scope.account, scope.region, resource}));
    return {};
  });
}

Result<Collection> SqliteStore::collection(const Scope& scope, std::string_view id) {
  TRY(validate(scope));
  return readers_.read<Collection>([&](Connection& connection) -> Result<Collection> {
    Query query =
        TRY(connection.query("SELECT id, resource, embedding_space, face_model_version, purpose, wrapped_key,"
                             " created FROM collections WHERE account = ? AND region = ? AND id = ? AND deleted = 0",
                             {scope.account, scope.region, id}));
    if (!TRY(query.step())) return missing(what, id);
    return collection_in(query);
  });
}

Result<CollectionSize> SqliteStore::collection_size(const Scope& scope, std::string_view id) {
  TRY(validate(scope));
  return readers_.read<CollectionSize>([&](Connection& connection) -> Result<CollectionSize> {
    Query query =
        TRY(connection.query("SELECT face_count, user_count FROM collections"
                             " WHERE account = ? AND region = ? AND id = ? AND deleted = 0",
                             {scope.account, scope.region, id}));
    if (!TRY(query.step())) return missing(what, id);
    return CollectionSize{.faces = static_cast<std::uint64_t>(query.number(0)),
                          .users = static_cast<std::uint64_t>(query.number(1))};
  });
}

Result<std::uint64_t> SqliteStore::collection_generation(const Scope& scope, std::string_view id) {
  TRY(validate(scope));
  return readers_.read<std::uint64_t>([&](Connection& connection) -> Result<std::uint64_t> {
    Query query =
        TRY(connection.query("SELECT generation FROM collections"
                             " WHERE account = ? AND region = ? AND id = ? AND deleted = 0",
                             {scope.account, scope.region, id}));
    if (!TRY(query.step())) return missing(what, id);
    return static_cast<std::uint64_t>(query.number(0));
  });
}

Result<std::vector<Scope>> SqliteStore::scopes_with_collections() {
  return readers_.read<std::vector<Scope>>([](Connection& connection) -> Result<std::vector<Scope>> {
    Query query = TRY(connection.query("SELECT DISTINCT account, region FROM collections WHERE deleted = 0", {}));
    std::vector<Scope> scopes;
    while (TRY(query.step())) scopes.push_back({.account = query.text(0), .region = query.text(1)});
    return scopes;
  });
}

Result<std::vector<Collection>> SqliteStore::list_collections(const Scope& scope, std::string_view after,
                                                              std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  return readers_.read<std::vector<Collection>>([&](Connection& connection) -> Result<std::vector<Collection>> {
    Query query =
        TRY(connection.query("SELECT id, resource, embedding_space, face_model_version, purpose, wrapped_key,"
                             " created FROM collections WHERE account = ? AND region = ? AND id > ? AND deleted = 0"
                             " ORDER BY id LIMIT ?",
                             {scope.account, scope.region, after, static_cast<std::int64_t>(limit)}));
    std::vector<Collection> collections;
    while (TRY(query.step())) collections.push_back(collection_in(query));
    return collections;
  });
}

Result<Applied> SqliteStore::tag(const Scope& scope, std::string_view resource, const Tags& tags, std::size_t most,
                                 const Mutation& mutation) {
  TRY(validate(tags));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_resource(connection, scope, resource));
    TRY(put_tags(connection, scope, resource, tags));
    const std::int64_t count =
        TRY(connection.number("SELECT count(*) FROM tags WHERE account = ? AND region = ? AND resource = ?",
                              {scope.account, scope.region, resource}));
    if (static_cast<std::size_t>(count) <= most) return {};
    return Error(ErrorKind::limit_exceeded, "a resource has at most " + std::to_string(most) + " tags");
  });
}

Result<Applied> SqliteStore::untag(const Scope& scope, std::string_view resource, const std::vector<std::string>& keys,
                                   const Mutation& mutation) {
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(require_resource(connection, scope, resource));
    for (const std::string& key : keys) {
      TRY(connection.run("DELETE FROM tags WHERE account = ? AND region = ? AND resource = ? AND key = ?",
                         {scope.account, scope.region, resource, key}));
    }
    return {};
  });
}

Result<Tags> SqliteStore::tags_of(const Scope& scope, std::string_view resource) {
  TRY(validate(scope));
  return readers_.read<Tags>([&](Connection& connection) -> Result<Tags> {
    TRY(require_resource(connection, scope, resource));
    Query query = TRY(connection.query("SELECT key, value FROM tags WHERE account = ? AND region = ? AND resource = ?",
                                       {scope.account, scope.region, resource}));
    Tags tags;
    while (TRY(query.step())) tags.emplace(query.text(0), query.text(1));
    return tags;
  });
}

}  // namespace likeness::store

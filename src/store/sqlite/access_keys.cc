// SqliteStore: access keys and the policies that they name.
#include <string>

#include "store/failures.h"
#include "store/sqlite/sqlite_store.h"
#include "store/validate.h"

namespace likeness::store {

namespace {

constexpr const char* what = "access key";

// Names have no line breaks (validate.h), so a line each is exact, and one column is one thing to read and to check.
std::string lines_of(const std::vector<std::string>& names) {
  std::string lines;
  for (const std::string& name : names) lines += name + "\n";
  return lines;
}

std::vector<std::string> names_in(std::string_view lines) {
  std::vector<std::string> names;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    names.emplace_back(lines.substr(0, end));
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
  return names;
}

// Of a row that begins with: id, sealed_secret, enabled, policies, note, created, rotated_from.
AccessKey access_key_in(const Query& row) {
  return {.id = row.text(0),
          .sealed_secret = row.bytes(1),
          .enabled = row.number(2) != 0,
          .policies = names_in(row.text(3)),
          .note = row.text(4),
          .created = row.time(5),
          .rotated_from = row.optional_text(6)};
}

PolicyDocument policy_in(const Query& row) {
  return {.name = row.text(0), .document = row.text(1), .created = row.time(2), .updated = row.time(3)};
}

Result<void> change_columns(Connection& connection, const Scope& scope, std::string_view id,
                            const AccessKeyChange& change) {
  if (change.enabled) {
    TRY(connection.run("UPDATE access_keys SET enabled = ? WHERE account = ? AND region = ? AND id = ?",
                       {static_cast<std::int64_t>(*change.enabled), scope.account, scope.region, id}));
  }
  if (change.policies) {
    const std::string lines = lines_of(*change.policies);
    TRY(connection.run("UPDATE access_keys SET policies = ? WHERE account = ? AND region = ? AND id = ?",
                       {lines, scope.account, scope.region, id}));
  }
  if (change.note) {
    TRY(connection.run("UPDATE access_keys SET note = ? WHERE account = ? AND region = ? AND id = ?",
                       {*change.note, scope.account, scope.region, id}));
  }
  if (change.sealed_secret) {
    TRY(connection.run("UPDATE access_keys SET sealed_secret = ? WHERE account = ? AND region = ? AND id = ?",
                       {*change.sealed_secret, scope.account, scope.region, id}));
  }
  return {};
}

}  // namespace

Result<Applied> SqliteStore::create_access_key(const Scope& scope, const AccessKey& key, const Mutation& mutation) {
  TRY(validate(key));
  const std::string lines = lines_of(key.policies);
  return apply(scope, mutation, [&](Connection& connection) {
    return inserted(
        connection.run("INSERT INTO access_keys (account, region, id, sealed_secret, enabled, policies,"
                       " note, created, rotated_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       {scope.account, scope.region, key.id, key.sealed_secret, static_cast<std::int64_t>(key.enabled),
                        lines, key.note, key.created, key.rotated_from}),
        what, key.id);
  });
}

Result<Applied> SqliteStore::change_access_key(const Scope& scope, std::string_view id, const AccessKeyChange& change,
                                               const Mutation& mutation) {
  TRY(validate(change));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    const std::int64_t keys =
        TRY(connection.number("SELECT count(*) FROM access_keys WHERE account = ? AND region = ? AND id = ?",
                              {scope.account, scope.region, id}));
    if (keys == 0) return missing(what, id);
    return change_columns(connection, scope, id, change);
  });
}

Result<Applied> SqliteStore::delete_access_key(const Scope& scope, std::string_view id, const Mutation& mutation) {
  return apply(scope, mutation, [&](Connection& connection) {
    return found(connection.change("DELETE FROM access_keys WHERE account = ? AND region = ? AND id = ?",
                                   {scope.account, scope.region, id}),
                 what, id);
  });
}

Result<AccessKey> SqliteStore::access_key(const Scope& scope, std::string_view id) {
  TRY(validate(scope));
  return readers_.read<AccessKey>([&](Connection& connection) -> Result<AccessKey> {
    Query query =
        TRY(connection.query("SELECT id, sealed_secret, enabled, policies, note, created, rotated_from"
                             " FROM access_keys WHERE account = ? AND region = ? AND id = ?",
                             {scope.account, scope.region, id}));
    if (!TRY(query.step())) return missing(what, id);
    return access_key_in(query);
  });
}

Result<LocatedAccessKey> SqliteStore::locate_access_key(std::string_view id) {
  return readers_.read<LocatedAccessKey>([&](Connection& connection) -> Result<LocatedAccessKey> {
    Query query =
        TRY(connection.query("SELECT id, sealed_secret, enabled, policies, note, created, rotated_from,"
                             " account, region FROM access_keys WHERE id = ?",
                             {id}));
    if (!TRY(query.step())) return missing(what, id);
    return LocatedAccessKey{.scope = {.account = query.text(7), .region = query.text(8)}, .key = access_key_in(query)};
  });
}

Result<std::vector<AccessKey>> SqliteStore::list_access_keys(const Scope& scope, std::string_view after,
                                                             std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  return readers_.read<std::vector<AccessKey>>([&](Connection& connection) -> Result<std::vector<AccessKey>> {
    Query query =
        TRY(connection.query("SELECT id, sealed_secret, enabled, policies, note, created, rotated_from"
                             " FROM access_keys WHERE account = ? AND region = ? AND id > ?"
                             " ORDER BY id LIMIT ?",
                             {scope.account, scope.region, after, static_cast<std::int64_t>(limit)}));
    std::vector<AccessKey> keys;
    while (TRY(query.step())) keys.push_back(access_key_in(query));
    return keys;
  });
}

Result<Applied> SqliteStore::put_policy(const Scope& scope, const PolicyDocument& policy, const Mutation& mutation) {
  TRY(validate(policy));
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(
        connection.run("INSERT INTO policies (account, region, name, document, created, updated)"
                       " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, region, name)"
                       " DO UPDATE SET document = excluded.document, updated = excluded.updated",
                       {scope.account, scope.region, policy.name, policy.document, policy.created, policy.updated}));
    return {};
  });
}

Result<Applied> SqliteStore::delete_policy(const Scope& scope, std::string_view name, const Mutation& mutation) {
  const std::string line = "\n" + std::string(name) + "\n";
  return apply(scope, mutation, [&](Connection& connection) -> Result<void> {
    TRY(found(connection.change("DELETE FROM policies WHERE account = ? AND region = ? AND name = ?",
                                {scope.account, scope.region, name}),
              "policy", name));
    Query holders =
        TRY(connection.query("SELECT id FROM access_keys WHERE account = ? AND region = ?"
                             " AND instr(char(10) || policies, ?) > 0 LIMIT 1",
                             {scope.account, scope.region, line}));
    if (!TRY(holders.step())) return {};
    return Error(ErrorKind::invalid_argument,
                 "access key " + holders.text(0) + " still names this policy; take it off first");
  });
}

Result<PolicyDocument> SqliteStore::policy(const Scope& scope, std::string_view name) {
  TRY(validate(scope));
  return readers_.read<PolicyDocument>([&](Connection& connection) -> Result<PolicyDocument> {
    Query query =
        TRY(connection.query("SELECT name, document, created, updated FROM policies"
                             " WHERE account = ? AND region = ? AND name = ?",
                             {scope.account, scope.region, name}));
    if (!TRY(query.step())) return missing("policy", name);
    return policy_in(query);
  });
}

Result<std::vector<PolicyDocument>> SqliteStore::list_policies(const Scope& scope, std::string_view after,
                                                               std::size_t limit) {
  TRY(validate(scope));
  TRY(validate_page(limit));
  return readers_.read<std::vector<PolicyDocument>>([&](Connection& connection) -> Result<std::vector<PolicyDocument>> {
    Query query =
        TRY(connection.query("SELECT name, document, created, updated FROM policies"
                             " WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
                             {scope.account, scope.region, after, static_cast<std::int64_t>(limit)}));
    std::vector<PolicyDocument> policies;
    while (TRY(query.step())) policies.push_back(policy_in(query));
    return policies;
  });
}

}  // namespace likeness::store

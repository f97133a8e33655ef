// What the calls for collections, users and faces share: rows of subjects and faces. Internal to the room.
//
// Thread rule: free functions on the connection of the calling thread. Errors: those of Connection, and what stands
// beside each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/records.h"
#include "store/sqlite/connection.h"

namespace likeness::store {

// A place in a collection.
struct Place {
  const Scope& scope;
  std::string_view collection;
};

// Numbers of ours are far below what SQLite's integers hold.
[[nodiscard]] inline std::int64_t signed_number(std::uint64_t number) { return static_cast<std::int64_t>(number); }

// The resource that a deleted collection stands under until it is purged.
[[nodiscard]] std::string deleted_resource(std::string_view collection);

// Errors: not_found.
[[nodiscard]] Result<void> require_collection(Connection& connection, const Scope& scope, std::string_view collection);
// The collection's new generation, and its counters changed by so much.
[[nodiscard]] Result<std::int64_t> next_generation(Connection& connection, const Place& place, std::int64_t faces);

// Errors: already_exists.
[[nodiscard]] Result<void> insert_user(Connection& connection, const Scope& scope, std::string_view collection,
                                       const User& user);
[[nodiscard]] Result<std::optional<std::string>> subject_of_user(Connection& connection, const Scope& scope,
                                                                 std::string_view collection, std::string_view user);
// Errors: conflict (it has faces).
[[nodiscard]] Result<void> remove_user(Connection& connection, const Scope& scope, std::string_view collection,
                                       std::string_view subject);
[[nodiscard]] Result<std::int64_t> count_faces(Connection& connection, const Place& place, std::string_view subject);
// A subject that a face has left: ends if it is no user's and has no more; a user's status follows.
[[nodiscard]] Result<void> face_left(Connection& connection, const Place& place, std::string_view subject,
                                     std::int64_t generation);

}  // namespace likeness::store

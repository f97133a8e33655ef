// The two errors that most calls share, in the words that the backend in memory uses.
//
// Thread rule: free functions on values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace likeness::store {

[[nodiscard]] inline Error missing(std::string_view what, std::string_view id) {
  return {ErrorKind::not_found, "there is no " + std::string(what) + " " + std::string(id.substr(0, 100))};
}

[[nodiscard]] inline Error present(std::string_view what, std::string_view id) {
  return {ErrorKind::already_exists, "there is already a " + std::string(what) + " " + std::string(id.substr(0, 100))};
}

[[nodiscard]] inline Error being_deleted(std::string_view collection) {
  return {ErrorKind::resource_in_use, "the collection " + std::string(collection.substr(0, 100)) +
                                          " was deleted, and what was in it is still being erased; try again later"};
}

// What was decided on what the caller read does not hold any more.
[[nodiscard]] inline Error changed_since() {
  return {ErrorKind::conflict, "what is to be changed has changed since it was read; read again"};
}

[[nodiscard]] inline Error too_many(std::string_view what, std::uint64_t most) {
  return {ErrorKind::limit_exceeded, "there would be more than " + std::to_string(most) + " " + std::string(what)};
}

// What an INSERT gave, with a key that is there told in our words; another error as it is.
[[nodiscard]] inline Result<void> inserted(const Result<void>& result, std::string_view what, std::string_view id) {
  if (result.ok()) return {};
  if (result.error().kind == ErrorKind::already_exists) return present(what, id);
  return result.error();
}

// What an UPDATE or DELETE of one record changed: nothing means that there is none.
[[nodiscard]] inline Result<void> found(const Result<std::int64_t>& changed, std::string_view what,
                                        std::string_view id) {
  if (!changed.ok()) return changed.error();
  if (*changed == 0) return missing(what, id);
  return {};
}

}  // namespace likeness::store

// Changes that are decided on what was read a moment ago: the store refuses them if it is so no more, and they are
// decided again.
//
// Thread rule: constants and free functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace likeness::gallery {

// Each further attempt means that somebody else changed the same faces in the milliseconds between.
inline constexpr int most_attempts = 8;

[[nodiscard]] inline Error changed_by_others() {
  return {ErrorKind::overloaded, "Others change the same faces at the same time; try again"};
}

[[nodiscard]] inline Error no_collection(std::string_view id) {
  return {ErrorKind::not_found, "The collection id: " + std::string(id) + " does not exist"};
}

// The store's error, if it is that the collection is not there, in words that name it.
[[nodiscard]] inline Error no_collection(const Error& error, std::string_view id) {
  return error.kind == ErrorKind::not_found ? no_collection(id) : error;
}

}  // namespace likeness::gallery

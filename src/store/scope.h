// Whose data: the first part of every key, in the calls below and in every backend.
//
// Thread rule: a plain value.
#pragma once

#include <compare>
#include <string>

namespace likeness::store {

struct Scope {
  std::string account;  // 12 decimal digits
  std::string region;   // for example "us-east-1"; 1 to 64 characters of [a-z0-9-]

  auto operator<=>(const Scope&) const = default;
};

// What belongs to the server and to no account, for example the check value of its master key.
[[nodiscard]] inline Scope server_scope() { return {.account = "000000000000", .region = "server"}; }

}  // namespace likeness::store

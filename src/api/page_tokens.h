// NextToken: where the next page of a list begins, given to the client to bring back.
//
// The server keeps nothing for a list that is being paged. A token carries the position after the page that was
// answered, and a keyed hash (HMAC-SHA-256) binds it to the operation, the hash of the request's parameters, and the
// account and region, none of which it carries. A token that was altered, made up, made for another list or made
// more than 24 hours ago is refused as InvalidPaginationTokenException. docs/pagination-and-idempotency.md has the
// form.
//
// Thread rule: const and thread-safe after construction. The clock must outlive it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/result.h"
#include "base/sealing.h"
#include "base/time.h"

namespace likeness::api {

// The list that a token belongs to. Views are valid during the call.
struct ListIdentity {
  std::string_view operation;  // "ListCollections"
  Digest parameters;           // parameters_hash() of the request
  std::string_view account;
  std::string_view region;
};

class PageTokens {
 public:
  static constexpr std::size_t max_token_characters = 255;  // the service description's bound for NextToken
  // What fits into a token beside version, time and hash, in bytes.
  static constexpr std::size_t max_position = 164;
  static constexpr std::chrono::hours lifetime{24};  // AWS's developer guide, "limits"

  PageTokens(SecretKey key, const Clock& clock);

  // The token for a list that goes on after `position`, bytes that mean something to whoever reads the list.
  // Errors: internal (a longer position than max_position).
  [[nodiscard]] Result<std::string> seal(const ListIdentity& list, std::string_view position) const;

  // The position of a token of this list. Errors: invalid_token.
  [[nodiscard]] Result<std::string> open(const ListIdentity& list, std::string_view token) const;

 private:
  const SecretKey key_;
  const Clock& clock_;
};

}  // namespace likeness::api

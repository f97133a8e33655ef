// The checks that every backend makes before a call, so that all of them refuse the same.
//
// Thread rule: free functions on values. Errors of all: invalid_argument.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/records.h"

namespace likeness::store {

[[nodiscard]] Result<void> validate(const Scope& scope);
// An id, a name or a resource: 1 to limits::id bytes of UTF-8 without control characters. `what` goes into the message.
[[nodiscard]] Result<void> validate_id(std::string_view id, std::string_view what);
[[nodiscard]] Result<void> validate_page(std::size_t limit);
[[nodiscard]] Result<void> validate(const Mutation& mutation);
[[nodiscard]] Result<void> validate(const AccessKey& key);
[[nodiscard]] Result<void> validate(const AccessKeyChange& change);
[[nodiscard]] Result<void> validate(const PolicyDocument& policy);
[[nodiscard]] Result<void> validate(const Collection& collection);
[[nodiscard]] Result<void> validate(const Tags& tags);
[[nodiscard]] Result<void> validate(const User& user);
[[nodiscard]] Result<void> validate(const Face& face);
[[nodiscard]] Result<void> validate(const FaceAddition& addition);
[[nodiscard]] Result<void> validate(const Reassignment& reassignment);
[[nodiscard]] Result<void> validate(const Rejection& rejection);
// A list that a call is given: at most limits::page, or from one on if `may_be_empty` is false.
[[nodiscard]] Result<void> validate_list(std::size_t size, bool may_be_empty, std::string_view what);
[[nodiscard]] Result<void> validate_setting(std::string_view name, const Bytes& value);

}  // namespace likeness::store

// Users of a collection: subjects that a client gave a name to. They end in gallery/associations.h.
//
// Thread rule: thread-safe. The store and the clock must outlive it. Calls block until the change is on disk.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "gallery/caller.h"
#include "store/store.h"

namespace likeness::gallery {

class Users {
 public:
  Users(store::Store& store, const Clock& clock);

  // A user without faces. With a client's token in `once` that was seen before, nothing is done and the result has the
  // kept response. Errors: not_found (the collection), already_exists (the user), idempotency_mismatch, and those of
  // the store.
  [[nodiscard]] Result<store::Applied> create(const Caller& caller, std::string_view collection, std::string_view user,
                                              const std::optional<store::Idempotency>& once) const;
  // At most `limit` (1 to store::limits::page) after the user id `after`, in the byte order of their ids.
  // Errors: not_found (the collection), and those of the store.
  [[nodiscard]] Result<std::vector<store::User>> list(const store::Scope& scope, std::string_view collection,
                                                      std::string_view after, std::size_t limit) const;

 private:
  store::Store& store_;
  const Clock& clock_;
};

}  // namespace likeness::gallery

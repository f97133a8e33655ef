// Which store a database is, from its first start on: its copies have the same identity, and no other store has. So a
// restore can tell a backup of this server from another server's.
//
// Thread rule: free functions.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "store/store.h"

namespace likeness::app {

// Gives it one, if it has none. Errors: those of the store.
[[nodiscard]] Result<void> ensure_identity(store::Store& store, Time now);

// Nothing if it never had one. Errors: those of the store.
[[nodiscard]] Result<std::optional<Bytes>> identity_of(store::Store& store);

}  // namespace likeness::app

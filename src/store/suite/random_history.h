// Random histories of calls, to compare backends with the naive twin in memory, and states written out to compare.
//
// Linked into tests only.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "store/store.h"

namespace likeness::store {

// One call with its arguments fixed. What it gives is written out: "ok", with a replayed answer, or the error's kind.
// Sequence numbers are left out, so that threads can be compared with twins of their own.
using RandomCall = std::function<std::string(Store&)>;

// A call of any kind on few ids, so that calls meet. `prefix` is put before ids that are unique over all scopes;
// `step` is the time in seconds, more or less.
[[nodiscard]] RandomCall random_call(std::mt19937& random, const Scope& scope, const std::string& prefix, int step);

// Everything that a scope holds, a line a record, read through the interface.
[[nodiscard]] std::vector<std::string> state_of(Store& store, const Scope& scope);

// The same, of the outbox of all scopes, with sequence numbers.
[[nodiscard]] std::vector<std::string> outbox_of(Store& store);

}  // namespace likeness::store

// The store that the durable backends are compared with: plain maps in memory. store/memory has it; tests of other
// backends link it as likeness_store_naive_twin.
//
// Linked into tests only.
#pragma once

#include <memory>

#include "store/store.h"

namespace likeness::store {

// An empty one, each time another.
[[nodiscard]] std::unique_ptr<Store> naive_twin();

}  // namespace likeness::store

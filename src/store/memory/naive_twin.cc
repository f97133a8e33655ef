#include "store/suite/naive_twin.h"

#include "store/memory/memory_store.h"

namespace likeness::store {

std::unique_ptr<Store> naive_twin() { return std::make_unique<MemoryStore>(); }

}  // namespace likeness::store

#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <memory>

#include "store/suite/faces_suite.h"
#include "store/suite/store_suite.h"

namespace likeness::store {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, StoreSuite,
                         testing::Values(Backend{"memory", [] { return std::make_unique<MemoryStore>(); }}),
                         [](const auto& backend) { return backend.param.name; });
INSTANTIATE_TEST_SUITE_P(Memory, FaceSuite,
                         testing::Values(Backend{"memory", [] { return std::make_unique<MemoryStore>(); }}),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace likeness::store

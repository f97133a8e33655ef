// The test suite that every backend of the store passes. A backend's test makes it run with
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreSuite, testing::Values(Backend{"memory", [] { ... }}));
//
// Linked into tests only.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "store/store.h"

namespace likeness::store {

struct Backend {
  std::string name;
  std::function<std::unique_ptr<Store>()> open;  // an empty store, each time another one
};

inline std::ostream& operator<<(std::ostream& out, const Backend& backend) { return out << backend.name; }

class StoreSuite : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    store_ = GetParam().open();
    ASSERT_NE(store_, nullptr);
  }

  const Scope here_{.account = "111122223333", .region = "us-east-1"};
  const Scope elsewhere_{.account = "111122223333", .region = "eu-west-1"};
  const Scope other_account_{.account = "444455556666", .region = "us-east-1"};
  std::unique_ptr<Store> store_;
};

// Records for tests, told apart by their ids.
[[nodiscard]] Time test_time(std::int64_t seconds);
[[nodiscard]] Mutation test_mutation(const std::string& kind, std::int64_t seconds = 0);
[[nodiscard]] AccessKey test_key(const std::string& id);
[[nodiscard]] Collection test_collection(const std::string& id);
[[nodiscard]] User test_user(const std::string& id);
// With a subject of its own, "own-" and the id.
[[nodiscard]] Face test_face(const std::string& id, std::uint64_t key_slot);

}  // namespace likeness::store

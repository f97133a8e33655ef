#include "keys/identifiers.h"

#include <gtest/gtest.h>

#include <set>

namespace likeness::keys {
namespace {

TEST(Identifiers, NewKeysDifferAndAreValid) {
  std::set<std::string> ids;
  std::set<std::string> secrets;
  for (int i = 0; i < 100; ++i) {
    const NewKey key = make_key(lasting_prefix);
    EXPECT_TRUE(is_key_id(key.id)) << key.id;
    EXPECT_TRUE(key.id.starts_with("LKIA"));
    EXPECT_EQ(key.id.size(), 20U);
    EXPECT_EQ(key.secret.size(), 40U);
    EXPECT_TRUE(ids.insert(key.id).second);
    EXPECT_TRUE(secrets.insert(key.secret).second);
  }
}

TEST(Identifiers, WhatIsNoName) {
  EXPECT_TRUE(is_key_id(std::string(128, 'A')));
  EXPECT_TRUE(is_policy_name("read-only_2.1"));
  for (const std::string& bad : {std::string(), std::string(129, 'A'), std::string("a/b"), std::string("a,b"),
                                 std::string("a b"), std::string("a\nb"), std::string("\xC3\xA9")}) {
    EXPECT_FALSE(is_key_id(bad)) << bad;
    EXPECT_FALSE(is_policy_name(bad)) << bad;
  }
}

}  // namespace
}  // namespace likeness::keys

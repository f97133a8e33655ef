#include "store/validate.h"

#include <gtest/gtest.h>

#include <string>

#include "store/limits.h"

namespace likeness::store {
namespace {

TEST(Validate, Scope) {
  EXPECT_TRUE(validate(Scope{.account = "000011112222", .region = "us-east-1"}).ok());
  EXPECT_TRUE(validate(server_scope()).ok());
  for (const char* account : {"", "00001111222", "0000111122223", "00001111222x"}) {
    EXPECT_FALSE(validate(Scope{.account = account, .region = "us-east-1"}).ok()) << account;
  }
  for (const char* region : {"", "US", "a/b", "a b"}) {
    EXPECT_FALSE(validate(Scope{.account = "000011112222", .region = region}).ok()) << region;
  }
}

TEST(Validate, IdsHaveALengthAndNoControlCharacters) {
  EXPECT_TRUE(validate_id(std::string(limits::id, 'x'), "an id").ok());
  EXPECT_TRUE(validate_id("\xC3\xA9 \xE2\x82\xAC", "an id").ok());
  for (const std::string& id : {std::string(), std::string(limits::id + 1, 'x'), std::string("a\nb"),
                                std::string("a\0b", 3), std::string("\x7f")}) {
    const Result<void> result = validate_id(id, "an id");
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, ErrorKind::invalid_argument);
    EXPECT_NE(result.error().message.find("an id"), std::string::npos);
  }
}

TEST(Validate, EachLimitOfAMutation) {
  Mutation good;
  good.record.kind = "k";
  good.once = Idempotency{.operation = "o", .token = std::string(limits::token, 't'), .response = ""};
  EXPECT_TRUE(validate(good).ok());
  Mutation bad = good;
  bad.record.kind = "";
  EXPECT_FALSE(validate(bad).ok());
  bad = good;
  bad.record.kind = std::string(129, 'k');
  EXPECT_FALSE(validate(bad).ok());
  bad = good;
  bad.record.detail = std::string(limits::detail + 1, ' ');
  EXPECT_FALSE(validate(bad).ok());
  bad = good;
  bad.once->token += "t";
  EXPECT_FALSE(validate(bad).ok());
  bad = good;
  bad.once->response = std::string(limits::response + 1, ' ');
  EXPECT_FALSE(validate(bad).ok());
}

TEST(Validate, PoliciesOfAKeyAreFewAndOfOneLine) {
  AccessKey key;
  key.id = "LKA";
  key.policies.assign(limits::policies_of_key, "p");
  EXPECT_TRUE(validate(key).ok());
  key.policies.emplace_back("p");
  EXPECT_FALSE(validate(key).ok());
  key.policies = {"a\nb"};
  EXPECT_FALSE(validate(key).ok());
}

}  // namespace
}  // namespace likeness::store

#include "api/page_tokens.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "base/bytes.h"

namespace likeness::api {
namespace {

class PageTokensTest : public testing::Test {
 protected:
  [[nodiscard]] std::string seal(std::string_view position) const { return tokens_.seal(list_, position).value(); }
  [[nodiscard]] bool refuses(const ListIdentity& list, std::string_view token) const {
    const Result<std::string> opened = tokens_.open(list, token);
    return !opened.ok() && opened.error().kind == ErrorKind::invalid_token &&
           opened.error().message == "Invalid Pagination Token";
  }

  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  PageTokens tokens_{SecretKey(sha256(as_bytes("a key"))), clock_};
  ListIdentity list_{"ListCollections", sha256(as_bytes("parameters")), "123456789012", "us-east-1"};
};

TEST_F(PageTokensTest, EveryPositionComesBackAndFits) {
  std::mt19937 random(7);
  std::string position;
  for (std::size_t size = 0; size <= PageTokens::max_position; ++size) {
    const std::string token = seal(position);
    EXPECT_LE(token.size(), PageTokens::max_token_characters);
    EXPECT_EQ(tokens_.open(list_, token).value(), position);
    position.push_back(static_cast<char>(random()));
  }
  EXPECT_EQ(tokens_.seal(list_, position).error().kind, ErrorKind::internal);
}

// The form is fixed: tokens of before an update are taken after it. Made by a second implementation, in Python.
TEST_F(PageTokensTest, TheFormIsTheDocumentedOne) {
  const PageTokens plain(SecretKey(Digest{}), clock_);
  const std::string position("\0\0\0\0\0\0\0\x2a", 8);
  EXPECT_EQ(plain.seal({"ListCollections", Digest{}, "000000000000", "us-east-1"}, position).value(),
            "AQAGSfepRsCAAAAAAAAAACrfTD6wfC4Zrzf3XKYKkw35");
}

TEST_F(PageTokensTest, EveryChangedCharacterIsRefused) {
  const std::string token = seal("position");
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ \n";
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char c : alphabet) {
      if (c == token[i]) continue;
      std::string altered = token;
      altered[i] = c;
      EXPECT_TRUE(refuses(list_, altered)) << altered;
    }
  }
}

TEST_F(PageTokensTest, EveryOtherLengthIsRefused) {
  const std::string token = seal("position");
  for (std::size_t size = 0; size < token.size(); ++size) EXPECT_TRUE(refuses(list_, token.substr(0, size))) << size;
  EXPECT_TRUE(refuses(list_, token + "AAAA"));
  EXPECT_TRUE(refuses(list_, token + token));
  EXPECT_TRUE(refuses(list_, std::string(1000, 'A')));
}

TEST_F(PageTokensTest, ATokenBelongsToItsList) {
  const std::string token = seal("position");
  ListIdentity other = list_;
  other.operation = "ListUsers";
  EXPECT_TRUE(refuses(other, token));
  other = list_;
  other.parameters[31] ^= 1;
  EXPECT_TRUE(refuses(other, token));
  other = list_;
  other.account = "123456789013";
  EXPECT_TRUE(refuses(other, token));
  other = list_;
  other.region = "us-east-2";
  EXPECT_TRUE(refuses(other, token));
  // What only moves a boundary between two fields is another list, too.
  other = list_;
  other.account = "12345678901";
  other.region = "2us-east-1";
  EXPECT_TRUE(refuses(other, token));
  EXPECT_FALSE(PageTokens(SecretKey(sha256(as_bytes("another key"))), clock_).open(list_, token).ok());
}

TEST_F(PageTokensTest, ATokenLivesADay) {
  const std::string token = seal("position");
  clock_.advance(PageTokens::lifetime - Micros(1));
  EXPECT_TRUE(tokens_.open(list_, token).ok());
  clock_.advance(Micros(1));
  EXPECT_TRUE(refuses(list_, token));
}

TEST_F(PageTokensTest, DifferentPositionsHaveDifferentTokens) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(seal(std::to_string(i))).second);
}

}  // namespace
}  // namespace likeness::api

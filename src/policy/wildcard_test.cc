#include "policy/wildcard.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "policy/naive_wildcard.h"

namespace likeness::policy {
namespace {

TEST(Wildcard, CoversTheWholeText) {
  EXPECT_TRUE(matches_wildcard("", ""));
  EXPECT_FALSE(matches_wildcard("", "a"));
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("*", "collection/a:b"));
  EXPECT_FALSE(matches_wildcard("?", ""));
  EXPECT_FALSE(matches_wildcard("photos", "photos2"));
  EXPECT_FALSE(matches_wildcard("photos", "Photos"));
  EXPECT_TRUE(matches_wildcard("photo?", "photos"));
  EXPECT_TRUE(matches_wildcard("*/photos-*-20??", "collection/photos-paris-2026"));
  EXPECT_FALSE(matches_wildcard("*/photos-*-20??", "collection/photos-paris-20266"));
}

TEST(Wildcard, TheTextsOwnStarsAreLetters) {
  EXPECT_TRUE(matches_wildcard("collection/*", "collection/*"));
  EXPECT_FALSE(matches_wildcard("collection/photos", "collection/*"));
}

TEST(Wildcard, ACharacterIsACodePoint) {
  EXPECT_TRUE(matches_wildcard("caf?", "caf\u00e9"));
  EXPECT_FALSE(matches_wildcard("caf??", "caf\u00e9"));
  EXPECT_TRUE(matches_wildcard("*?", "\U0001f600"));
}

// Would take longer than the age of the universe with a matcher that goes back to every `*`.
TEST(Wildcard, ManyStarsDoNotMultiply) {
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "*a";
  EXPECT_FALSE(matches_wildcard(pattern + "*b", std::string(8192, 'a')));
}

TEST(Wildcard, AgreesWithItsTwin) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same cases every time
  const std::string pattern_letters[] = {"a", "b", "*", "?", "\u00e9"};
  const std::string text_letters[] = {"a", "b", "\u00e9", "*"};
  int matched = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string pattern;
    std::string text;
    for (auto n = random() % 8; n > 0; --n) pattern += pattern_letters[random() % std::size(pattern_letters)];
    for (auto n = random() % 8; n > 0; --n) text += text_letters[random() % std::size(text_letters)];
    const bool matches = matches_wildcard(pattern, text);
    ASSERT_EQ(matches, naive::matches_wildcard(pattern, text)) << pattern << " on " << text;
    matched += matches ? 1 : 0;
  }
  EXPECT_GT(matched, 5'000);
  EXPECT_LT(matched, 45'000);
}

}  // namespace
}  // namespace likeness::policy

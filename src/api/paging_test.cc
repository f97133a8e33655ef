#include "api/paging.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/bytes.h"

namespace likeness::api {
namespace {

// A list of ids in memory, read as a store reads it.
class PagingTest : public testing::Test {
 protected:
  Result<std::vector<std::string>> read(std::string_view after, std::size_t limit) {
    ++reads_;
    std::vector<std::string> found;
    for (auto it = ids_.upper_bound(std::string(after)); it != ids_.end() && found.size() < limit; ++it) {
      found.push_back(*it);
    }
    return found;
  }

  Result<Page<std::string>> page(const std::optional<std::string>& token, std::size_t limit) {
    return read_page(
        tokens_, list_, token, limit, [this](std::string_view after, std::size_t most) { return read(after, most); },
        [](const std::string& id) { return std::string_view(id); });
  }

  // All pages, with something done between them.
  std::vector<std::string> read_all(std::size_t limit, const std::function<void(const Page<std::string>&)>& between) {
    std::vector<std::string> seen;
    std::optional<std::string> token;
    do {
      const Page<std::string> found = page(token, limit).value();
      EXPECT_LE(found.records.size(), limit);
      seen.insert(seen.end(), found.records.begin(), found.records.end());
      token = found.next_token;
      if (token) {
        EXPECT_EQ(found.records.size(), limit);
        EXPECT_LE(token->size(), 255U);
      }
      between(found);
    } while (token);
    return seen;
  }

  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  PageTokens tokens_{SecretKey(sha256(as_bytes("key"))), clock_};
  ListIdentity list_{"ListCollections", Digest{}, "123456789012", "us-east-1"};
  std::set<std::string> ids_;
  int reads_ = 0;
};

const auto nothing = [](const Page<std::string>&) {};

// Ids of all lengths, many of which share long beginnings: the property that no id is missed and none comes twice.
TEST_F(PagingTest, PagesOfEverySizeGiveTheWholeListOnce) {
  std::mt19937 random(11);
  for (int round = 0; round < 40; ++round) {
    ids_.clear();
    const std::size_t beginning = std::uniform_int_distribution<std::size_t>(0, 254)(random);
    for (int i = 0; i < 60; ++i) {
      const std::size_t rest = std::uniform_int_distribution<std::size_t>(1, 255 - beginning)(random);
      std::string id(beginning, 'b');
      for (std::size_t k = 0; k < rest; ++k) id.push_back(static_cast<char>('a' + random() % 3));
      ids_.insert(id);
    }
    for (const std::size_t limit : {1U, 2U, 7U, 59U, 60U, 61U, 4096U}) {
      EXPECT_EQ(read_all(limit, nothing), std::vector<std::string>(ids_.begin(), ids_.end())) << beginning;
    }
  }
}

TEST_F(PagingTest, AFullLastPageHasNoToken) {
  ids_ = {"a", "b", "c", "d"};
  EXPECT_FALSE(page(std::nullopt, 4)->next_token);
  EXPECT_TRUE(page(std::nullopt, 3)->next_token);
  ids_.clear();
  EXPECT_FALSE(page(std::nullopt, 1)->next_token);
}

TEST_F(PagingTest, TheCostOfAPageDoesNotDependOnWhereItStands) {
  for (int i = 0; i < 1000; ++i) ids_.insert("id" + std::to_string(10000 + i));
  (void)read_all(10, [&](const Page<std::string>& found) {
    EXPECT_LE(reads_, 2);
    EXPECT_EQ(found.records.size(), 10U);
    reads_ = 0;
  });
}

TEST_F(PagingTest, WhatIsAddedAndDeletedInBetweenDisturbsNothingElse) {
  for (int i = 0; i < 100; ++i) ids_.insert("id" + std::to_string(100 + i));
  const std::vector<std::string> before(ids_.begin(), ids_.end());
  const std::vector<std::string> seen = read_all(7, [&](const Page<std::string>& found) {
    ids_.erase(found.records.back());           // the position itself
    ids_.insert("a" + std::to_string(reads_));  // before the position
  });
  EXPECT_EQ(seen, before);
}

// Of ids too long for a token: the list may repeat those with the same beginning, and misses none.
TEST_F(PagingTest, ADeletedLongIdLosesNothing) {
  const std::string beginning(200, 'x');
  for (int i = 0; i < 20; ++i) ids_.insert(beginning + std::to_string(100 + i));
  const std::set<std::string> before = ids_;
  bool deleted = false;
  const std::vector<std::string> seen = read_all(8, [&](const Page<std::string>& found) {
    if (!deleted) ids_.erase(found.records.back());
    deleted = true;
  });
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), before);
}

TEST_F(PagingTest, ATokenThatIsNoneIsRefused) {
  ids_ = {"a", "b"};
  EXPECT_EQ(page("xxx", 1).error().kind, ErrorKind::invalid_token);
  EXPECT_TRUE(page("", 1).ok()) << "clients that begin with an empty token get the first page";
  // A position that no list of ids made, under a right hash: of an older version, say.
  for (const std::string& position : {std::string(), std::string("x"), std::string("b"), std::string(163, 'b')}) {
    EXPECT_EQ(page(*tokens_.seal(list_, position), 1).error().kind, ErrorKind::invalid_token);
  }
}

}  // namespace
}  // namespace likeness::api

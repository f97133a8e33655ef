#include "api/rate_limiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <random>
#include <string>

namespace likeness::api {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class RateLimiterTest : public testing::Test {
 protected:
  static int taken(RateLimiter& limiter, std::string_view key, int wanted) {
    int count = 0;
    for (int i = 0; i < wanted; ++i) count += limiter.take(key) ? 0 : 1;
    return count;
  }

  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
};

TEST_F(RateLimiterTest, OffByDefault) {
  RateLimiter limiter({}, clock_);
  EXPECT_EQ(taken(limiter, "A", 1000), 1000);
  EXPECT_EQ(limiter.keys(), 0U);
}

TEST_F(RateLimiterTest, AKeyHasARateAndABurstOfItsOwn) {
  RateLimiter limiter({.per_key = 5}, clock_);
  EXPECT_EQ(taken(limiter, "A", 100), 5);
  EXPECT_EQ(taken(limiter, "B", 100), 5);
  const std::optional<Response> refused = limiter.take("A");
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 400);
  EXPECT_THAT(refused->body, HasSubstr(R"("__type":"ThrottlingException")"));
  EXPECT_THAT(refused->body, HasSubstr(R"("message":"Rate exceeded")"));
  clock_.advance(milliseconds(400));
  EXPECT_EQ(taken(limiter, "A", 100), 2);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(taken(limiter, "A", 100), 5) << "a burst has an end";
}

TEST_F(RateLimiterTest, AllKeysTogetherHaveARate) {
  RateLimiter limiter({.per_key = 3, .global = 5}, clock_);
  EXPECT_EQ(taken(limiter, "A", 10), 3);
  EXPECT_EQ(taken(limiter, "B", 10), 2);
  const std::optional<Response> refused = limiter.take("B");
  ASSERT_TRUE(refused.has_value());
  EXPECT_THAT(refused->body, HasSubstr(R"("__type":"ProvisionedThroughputExceededException")"));
  EXPECT_THAT(refused->body, HasSubstr(R"("message":"Provisioned Rate exceeded.")"));
  EXPECT_THAT(limiter.take("A")->body, HasSubstr("ThrottlingException")) << "its own rate comes first";
  clock_.advance(milliseconds(200));
  EXPECT_EQ(taken(limiter, "B", 10), 1) << "what was refused has cost its key nothing";
}

TEST_F(RateLimiterTest, LookingCostsNothing) {
  RateLimiter limiter({.per_key = 1, .global = 1}, clock_);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(limiter.check("A").has_value());
  EXPECT_EQ(taken(limiter, "A", 10), 1);
  EXPECT_TRUE(limiter.check("A").has_value());
}

TEST_F(RateLimiterTest, SlowRatesAndHighCostsPassOneAtATime) {
  RateLimiter limiter({.per_key = 0.1}, clock_);
  EXPECT_FALSE(limiter.take("A", 7).has_value()) << "more than the bucket holds";
  EXPECT_TRUE(limiter.take("A").has_value());
  clock_.advance(std::chrono::seconds(9));
  EXPECT_TRUE(limiter.take("A").has_value());
  clock_.advance(milliseconds(1001));
  EXPECT_FALSE(limiter.take("A").has_value());
}

TEST_F(RateLimiterTest, AClockSetBackStopsNobodyForLong) {
  RateLimiter limiter({.per_key = 1}, clock_);
  EXPECT_EQ(taken(limiter, "A", 2), 1);
  clock_.advance(-std::chrono::hours(5));
  EXPECT_EQ(taken(limiter, "A", 2), 0);
  clock_.advance(milliseconds(1001));
  EXPECT_EQ(taken(limiter, "A", 2), 1);
}

TEST_F(RateLimiterTest, MemoryIsBounded) {
  RateLimiter limiter({.per_key = 2, .max_keys = 10}, clock_);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(taken(limiter, std::to_string(i), 1), 1);
  EXPECT_EQ(taken(limiter, "one more", 5) + taken(limiter, "and one", 5), 2) << "they share a bucket";
  EXPECT_EQ(limiter.keys(), 10U);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(taken(limiter, "one more", 5), 2) << "the others are full again and forgotten";
  EXPECT_EQ(limiter.keys(), 1U);
}

// Requests at random times, counted as one would with a pencil: those allowed in any window are no more than the burst
// and what the rate gives in it, and a request is refused only if one more would have been.
TEST_F(RateLimiterTest, KeepsWhatAPencilSays) {
  constexpr double rate = 7;
  constexpr double burst = 14;
  std::mt19937 chance(3);
  for (int run = 0; run < 20; ++run) {
    RateLimiter limiter({.per_key = rate, .burst_seconds = burst / rate}, clock_);
    std::deque<Time> allowed;
    const auto most_in_a_window_until = [&](Time now, double one_more) {
      double excess = one_more;  // the worst window's count above what the rate gives in it
      for (std::size_t i = 0; i < allowed.size(); ++i) {
        const double seconds = std::chrono::duration<double>(now - allowed.at(i)).count();
        excess = std::max(excess, static_cast<double>(allowed.size() - i) + one_more - seconds * rate);
      }
      return excess;
    };
    for (int i = 0; i < 300; ++i) {
      clock_.advance(milliseconds(chance() % (run < 10 ? 100 : 400)));
      if (!limiter.take("A")) {
        allowed.push_back(clock_.now());
        ASSERT_LE(most_in_a_window_until(clock_.now(), 0), burst + 1e-6);
      } else {
        ASSERT_GT(most_in_a_window_until(clock_.now(), 1), burst - 1e-6);
      }
    }
  }
}

}  // namespace
}  // namespace likeness::api

#include "server/byte_budget.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace likeness::server {
namespace {

class ByteBudgetTest : public testing::Test {
 protected:
  Metrics metrics_;
  ByteBudget budget_{100, metrics_.gauge("bytes", "held")};
};

TEST_F(ByteBudgetTest, GivesWhatItHasAndNoMore) {
  ByteBudget::Reservation first(budget_);
  EXPECT_TRUE(first.grow_to(60));
  ByteBudget::Reservation second(budget_);
  EXPECT_FALSE(second.grow_to(41));
  EXPECT_TRUE(second.grow_to(40));
  EXPECT_TRUE(first.grow_to(10)) << "never shrinks";
  EXPECT_EQ(budget_.used(), 100U);
  first.release();
  EXPECT_EQ(budget_.used(), 40U);
  EXPECT_NE(metrics_.text().find("\nbytes 40\n"), std::string::npos) << metrics_.text();
  EXPECT_FALSE(second.grow_to(std::numeric_limits<std::uint64_t>::max()));
}

TEST_F(ByteBudgetTest, MovedReservationIsGivenBackOnce) {
  {
    ByteBudget::Reservation first(budget_);
    ASSERT_TRUE(first.grow_to(30));
    const ByteBudget::Reservation second(std::move(first));
    EXPECT_EQ(budget_.used(), 30U);
  }
  EXPECT_EQ(budget_.used(), 0U);
}

TEST_F(ByteBudgetTest, HoldsUnderContention) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20000; ++round) {
        ByteBudget::Reservation reservation(budget_);
        (void)reservation.grow_to(40);
        EXPECT_LE(budget_.used(), 100U);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget_.used(), 0U);
}

}  // namespace
}  // namespace likeness::server

#include "queue_simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace likeness::bench {
namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

TEST(SimulateQueue, MeanOfOneServerIsThatOfPollaczekAndKhinchine) {
  for (const double load : {0.3, 0.5, 0.7}) {
    const Queue queue = {.servers = 1, .service_seconds = 0.02, .arrivals_per_second = load / 0.02};
    const double expected = 0.02 * (1 + load / (2 * (1 - load)));
    EXPECT_NEAR(mean(simulate_queue(queue, 1'000'000, 1)), expected, 0.01 * expected);
  }
}

TEST(SimulateQueue, ManyServersNeverWait) {
  const Queue queue = {.servers = 64, .service_seconds = 0.02, .arrivals_per_second = 50};
  EXPECT_NEAR(quantile(simulate_queue(queue, 10'000, 1), 1.0), 0.02, 1e-9);
}

TEST(PoissonArrivals, HaveTheRateAskedFor) {
  const std::vector<double> times = poisson_arrivals(100, 1000, 1);
  EXPECT_NEAR(static_cast<double>(times.size()), 100'000, 1'500);
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  EXPECT_EQ(times, poisson_arrivals(100, 1000, 1));
}

TEST(Quantile, IsTheNearestRank) {
  EXPECT_EQ(quantile({}, 0.5), 0);
  EXPECT_EQ(quantile({3, 1, 2}, 0.5), 2);
  EXPECT_EQ(quantile({3, 1, 2}, 1.0), 3);
  EXPECT_EQ(quantile({3, 1, 2}, 0.0), 1);
}

}  // namespace
}  // namespace likeness::bench

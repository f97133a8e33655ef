// What a queue with the best possible server would do: arrivals at random (Poisson), requests that all take the same
// time, served in order by a few servers (M/D/c in Kendall's notation). The number to hold measured latencies against.
//
// Thread rule: free functions on values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace likeness::bench {

struct Queue {
  std::size_t servers = 2;
  double service_seconds = 0;
  double arrivals_per_second = 0;  // below servers / service_seconds, or the queue grows without end
};

// Seconds from arrival to end of service of `count` requests, in order of arrival. The same seed, the same times.
[[nodiscard]] std::vector<double> simulate_queue(const Queue& queue, std::size_t count, std::uint64_t seed);

// Times of Poisson arrivals from 0 to `seconds`, rising.
[[nodiscard]] std::vector<double> poisson_arrivals(double arrivals_per_second, double seconds, std::uint64_t seed);

// The smallest value that at least `share` (0..1) of the values do not exceed; 0 without values. Nearest rank.
[[nodiscard]] double quantile(std::vector<double> values, double share);

}  // namespace likeness::bench

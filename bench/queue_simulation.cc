#include "queue_simulation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <random>

namespace likeness::bench {

namespace {

// Exponential times between arrivals. Not std::exponential_distribution, whose numbers depend on the library.
class Arrivals {
 public:
  Arrivals(double per_second, std::uint64_t seed) : per_second_(per_second), random_(seed) {}

  double next() {
    const double uniform = (static_cast<double>(random_() >> 11U) + 0.5) * 0x1.0p-53;  // in (0, 1)
    now_ -= std::log(uniform) / per_second_;
    return now_;
  }

 private:
  double per_second_;
  std::mt19937_64 random_;
  double now_ = 0;  // seconds
};

}  // namespace

std::vector<double> simulate_queue(const Queue& queue, std::size_t count, std::uint64_t seed) {
  Arrivals arrivals(queue.arrivals_per_second, seed);
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at(
      std::greater<>(), std::vector<double>(queue.servers, 0.0));  // when each server is free next
  std::vector<double> times;
  times.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double arrival = arrivals.next();
    const double end = std::max(arrival, free_at.top()) + queue.service_seconds;
    free_at.pop();
    free_at.push(end);
    times.push_back(end - arrival);
  }
  return times;
}

std::vector<double> poisson_arrivals(double arrivals_per_second, double seconds, std::uint64_t seed) {
  Arrivals arrivals(arrivals_per_second, seed);
  std::vector<double> times;
  for (;;) {
    const double time = arrivals.next();
    if (time >= seconds) return times;
    times.push_back(time);
  }
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  const auto index = std::min(static_cast<std::size_t>(std::max(rank, 1.0)), values.size()) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
  return values[index];
}

}  // namespace likeness::bench

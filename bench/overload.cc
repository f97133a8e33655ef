#include "overload.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "queue_simulation.h"

namespace likeness::bench {

namespace {

// More than wait in the server's queue, so that it is the queue that fills.
constexpr std::size_t default_connections = 256;

// What one run at one rate came to.
struct Outcome {
  std::size_t good = 0;        // 200 within the deadline
  std::size_t in_time = 0;     // of those, while requests were still coming
  std::size_t late = 0;        // 200 after it
  std::size_t refused = 0;     // 4xx: throttled
  std::size_t failed = 0;      // 5xx
  std::size_t unanswered = 0;  // no answer
  std::vector<double> seconds_of_good;
  double most_behind = 0;  // seconds that a request left after it was due, because all connections were busy
  double peak_resident_mib = 0;

  [[nodiscard]] std::size_t sent() const { return good + late + refused + failed + unanswered; }

  void count(const Sample& sample, double deadline, bool still_coming) {
    if (sample.status == 200 && sample.seconds <= deadline) {
      ++good;
      in_time += still_coming ? 1 : 0;
      seconds_of_good.push_back(sample.seconds);
    } else if (sample.status == 200) {
      ++late;
    } else if (sample.status == 0) {
      ++unanswered;
    } else {
      ++(sample.status >= 500 ? failed : refused);
    }
  }

  void add(const Outcome& other) {
    good += other.good;
    in_time += other.in_time;
    late += other.late;
    refused += other.refused;
    failed += other.failed;
    unanswered += other.unanswered;
    seconds_of_good.insert(seconds_of_good.end(), other.seconds_of_good.begin(), other.seconds_of_good.end());
    most_behind = std::max(most_behind, other.most_behind);
  }
};

double seconds_since(SteadyClock::time_point begin) { return Seconds(SteadyClock::now() - begin).count(); }

// `connections` threads, each with a connection; `one(client, outcome)` until it says false. Watches memory meanwhile.
template <typename One>
Outcome run(const Requests& requests, std::size_t connections, const ServerProcess& server, One one) {
  std::vector<Outcome> outcomes(connections);
  std::vector<std::thread> threads;
  threads.reserve(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    threads.emplace_back([&, i] {
      Client client(requests);
      while (one(client, outcomes[i])) {
      }
    });
  }
  std::atomic<bool> done = false;
  Outcome all;
  std::thread watch([&] {
    while (!done) {
      all.peak_resident_mib = std::max(all.peak_resident_mib, server.resident_mib());
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  for (std::thread& thread : threads) thread.join();
  done = true;
  watch.join();
  for (const Outcome& outcome : outcomes) all.add(outcome);
  return all;
}

Outcome closed_loop(const Options& options, const ServerProcess& server) {
  const Requests requests = prepare(options, 1024);
  std::atomic<std::size_t> next = 0;
  const SteadyClock::time_point begin = SteadyClock::now();
  return run(requests, 2 * options.servers, server, [&](Client& client, Outcome& outcome) {
    const SteadyClock::time_point sent = SteadyClock::now();
    if (Seconds(sent - begin).count() >= options.seconds) return false;
    const int status = client.exchange(next++);
    outcome.count({seconds_since(sent), status}, options.deadline_seconds, seconds_since(begin) <= options.seconds);
    return true;
  });
}

Outcome open_loop(const Options& options, double rate, const ServerProcess& server) {
  const std::vector<double> arrivals = poisson_arrivals(rate, options.seconds, options.seed);
  const Requests requests = prepare(options, std::min<std::size_t>(arrivals.size(), 4096));
  const std::size_t connections = options.connections > 0 ? options.connections : default_connections;
  std::atomic<std::size_t> next = 0;
  const SteadyClock::time_point begin = SteadyClock::now();
  return run(requests, connections, server, [&](Client& client, Outcome& outcome) {
    const std::size_t index = next++;
    if (index >= arrivals.size()) return false;
    const auto due = begin + std::chrono::duration_cast<SteadyClock::duration>(Seconds(arrivals[index]));
    std::this_thread::sleep_until(due);
    outcome.most_behind = std::max(outcome.most_behind, seconds_since(due));
    const int status = client.exchange(index);
    outcome.count({seconds_since(due), status}, options.deadline_seconds, seconds_since(begin) <= options.seconds);
    return true;
  });
}

double goodput_of(const Outcome& outcome, const Options& options) {
  return static_cast<double>(outcome.in_time) / options.seconds;
}

void print(const char* name, const Outcome& outcome, double goodput, double peak) {
  const double p99 = outcome.seconds_of_good.empty() ? 0 : quantile(outcome.seconds_of_good, 0.99);
  std::printf("%-6s %7zu %8.2f %6.1f %% %6zu %8zu %7zu %10zu %9.0f %9.0f %9.1f\n", name, outcome.sent(), goodput,
              100 * goodput / peak, outcome.late, outcome.refused, outcome.failed, outcome.unanswered, p99 * 1e3,
              outcome.most_behind * 1e3, outcome.peak_resident_mib);
  (void)std::fflush(stdout);
}

}  // namespace

void measure_overload(const Options& options, const ServerProcess& server) {
  const Outcome closed = closed_loop(options, server);
  const double peak = goodput_of(closed, options);
  std::printf("deadline %.1f s, %.1f s each, resident memory before %.1f MiB\n", options.deadline_seconds,
              options.seconds, server.resident_mib());
  std::printf("%-6s %7s %8s %8s %6s %8s %7s %10s %9s %9s %9s\n", "load", "sent", "good/s", "of peak", "late", "refused",
              "failed", "unanswered", "p99 ms", "behind ms", "peak MiB");
  print("peak", closed, peak, peak);
  for (const double multiple : options.overload) {
    std::array<char, 16> name{};
    (void)std::snprintf(name.data(), name.size(), "%gx", multiple);
    const Outcome outcome = open_loop(options, multiple * peak, server);
    print(name.data(), outcome, goodput_of(outcome, options), peak);
  }
}

}  // namespace likeness::bench

// Load for a running server, over HTTP with SigV4, and what came of it.
//
//   http_load --endpoint http://127.0.0.1:8080 --picture photo.jpg --pid $(pidof likeness)                 closed loop
//   http_load --endpoint http://127.0.0.1:8080 --picture photo.jpg --pid $(pidof likeness) --load 0.7      open loop
//   http_load --endpoint http://127.0.0.1:8080 --picture photo.jpg --pid $(pidof likeness) --overload 1,10 see
//   overload.h
//
// Closed loop: each connection sends its next request when the last is answered; this measures throughput. Open loop:
// requests are due at random times (Poisson) that do not depend on the server, and a latency counts from the time a
// request was due, also if all connections were busy then (no coordinated omission); this measures latency. Beside it
// stands the simulated M/D/c queue with the service time that one connection measured before.
// All requests are signed before the measurement begins. A signature lives 15 minutes, a run at most 10.
#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "load_client.h"
#include "overload.h"
#include "queue_simulation.h"

namespace {

using namespace likeness;         // NOLINT(google-build-using-namespace): a program of one file
using namespace likeness::bench;  // NOLINT(google-build-using-namespace)

struct Run {
  std::vector<Sample> samples;
  double seconds = 0;
  double cpu_seconds = 0;
  double resident_mib_at_1000 = 0;
  double resident_mib_at_end = 0;
};

// A thread for each connection calls `work` with rising indices of requests until it returns nothing.
template <typename Work>
Run measure(const Requests& requests, std::size_t connections, const ServerProcess& server, Work work) {
  Run run;
  std::atomic<std::size_t> started = 0;
  std::atomic<std::size_t> ended = 0;
  std::vector<std::vector<Sample>> samples(connections);
  const double cpu_before = server.cpu_seconds();
  const SteadyClock::time_point begin = SteadyClock::now();
  std::vector<std::thread> threads;
  threads.reserve(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    threads.emplace_back([&, i] {
      Client client(requests);
      for (;;) {
        const std::optional<Sample> sample = work(client, started.fetch_add(1), begin);
        if (!sample) return;
        samples[i].push_back(*sample);
        if (ended.fetch_add(1) + 1 == 1000) run.resident_mib_at_1000 = server.resident_mib();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  run.seconds = Seconds(SteadyClock::now() - begin).count();
  run.cpu_seconds = server.cpu_seconds() - cpu_before;
  run.resident_mib_at_end = server.resident_mib();
  for (const auto& part : samples) run.samples.insert(run.samples.end(), part.begin(), part.end());
  return run;
}

Run closed_loop(const Requests& requests, std::size_t connections, double seconds, const ServerProcess& server) {
  return measure(requests, connections, server,
                 [&](Client& client, std::size_t index, SteadyClock::time_point begin) -> std::optional<Sample> {
                   const SteadyClock::time_point sent = SteadyClock::now();
                   if (Seconds(sent - begin).count() >= seconds) return std::nullopt;
                   const int status = client.exchange(index);
                   const double taken = Seconds(SteadyClock::now() - sent).count();
                   if (status == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));  // no busy loop
                   return Sample{taken, status};
                 });
}

Run open_loop(const Requests& requests, std::size_t connections, const std::vector<double>& arrivals,
              const ServerProcess& server) {
  return measure(requests, connections, server,
                 [&](Client& client, std::size_t index, SteadyClock::time_point begin) -> std::optional<Sample> {
                   if (index >= arrivals.size()) return std::nullopt;
                   const auto due = begin + std::chrono::duration_cast<SteadyClock::duration>(Seconds(arrivals[index]));
                   std::this_thread::sleep_until(due);
                   const int status = client.exchange(index);
                   return Sample{Seconds(SteadyClock::now() - due).count(), status};
                 });
}

std::vector<double> latencies(const Run& run) {
  std::vector<double> seconds;
  seconds.reserve(run.samples.size());
  for (const Sample& sample : run.samples) seconds.push_back(sample.seconds);
  return seconds;
}

void print_latencies(const char* title, const std::vector<double>& seconds) {
  std::printf("%-20s p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms\n", title, quantile(seconds, 0.5) * 1e3,
              quantile(seconds, 0.9) * 1e3, quantile(seconds, 0.99) * 1e3, quantile(seconds, 0.999) * 1e3,
              quantile(seconds, 1.0) * 1e3);
}

void print(const Run& run, const ServerProcess& server) {
  const double count = static_cast<double>(run.samples.size());
  std::map<int, std::size_t> by_status;
  for (const Sample& sample : run.samples) ++by_status[sample.status];
  std::printf("%.0f requests in %.1f s: %.2f a second\n", count, run.seconds, count / run.seconds);
  print_latencies("latency", latencies(run));
  for (const auto& [status, times] : by_status) {
    std::printf("%-20s %zu\n", status == 0 ? "no answer" : ("status " + std::to_string(status)).c_str(), times);
  }
  if (!server.known()) return;
  std::printf("%-20s %.2f s, %.3f ms a request\n", "CPU of the server", run.cpu_seconds, run.cpu_seconds / count * 1e3);
  if (run.samples.size() > 1000) {
    std::printf("%-20s %.1f MiB after 1000 requests, %.1f MiB at the end: %+.2f %%\n", "resident memory",
                run.resident_mib_at_1000, run.resident_mib_at_end,
                (run.resident_mib_at_end / run.resident_mib_at_1000 - 1) * 100);
  }
}

void measure_open_loop(const Options& options, const ServerProcess& server) {
  double service_seconds = options.service_ms / 1e3;
  if (service_seconds == 0) {
    const Run alone = closed_loop(prepare(options, 256), 1, 5, server);
    service_seconds = quantile(latencies(alone), 0.5);
    std::printf("%-20s %.2f ms (median of %zu requests of one connection)\n", "service time", service_seconds * 1e3,
                alone.samples.size());
  }
  const double rate =
      options.load > 0 ? options.load * static_cast<double>(options.servers) / service_seconds : options.rate;
  const std::vector<double> arrivals = poisson_arrivals(rate, options.seconds, options.seed);
  const Requests requests = prepare(options, arrivals.size());
  const std::size_t connections = options.connections > 0 ? options.connections : 64;
  std::printf("open loop: %zu requests, %.2f a second, at most %zu at once\n", arrivals.size(), rate, connections);
  const Run run = open_loop(requests, connections, arrivals, server);
  print(run, server);

  const Queue queue = {options.servers, service_seconds, rate};
  if (rate * service_seconds >= static_cast<double>(options.servers)) {
    std::printf("more than %zu servers can do: no queue to compare with\n", options.servers);
    return;
  }
  const std::vector<double> simulated = simulate_queue(queue, 1'000'000, options.seed + 1);
  print_latencies(("simulated M/D/" + std::to_string(options.servers)).c_str(), simulated);
  const double p99 = quantile(latencies(run), 0.99);
  std::printf("%-20s %.2f of the simulated one, %.2f of the measured median\n", "p99", p99 / quantile(simulated, 0.99),
              p99 / quantile(latencies(run), 0.5));
}

void measure_closed_loop(const Options& options, const ServerProcess& server) {
  const std::size_t connections = options.connections > 0 ? options.connections : 2;
  const Requests requests = prepare(options, 1024);
  std::printf("closed loop: %zu connections\n", connections);
  print(closed_loop(requests, connections, options.seconds, server), server);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Load for a running server, over HTTP with SigV4.");
  app.add_option("--endpoint", options.endpoint, "http://HOST:PORT or https://HOST:PORT")->required();
  app.add_option("--picture", options.picture, "JPEG or PNG")->required();
  app.add_option("--operation", options.operation)->check(CLI::IsMember({"DetectFaces", "CompareFaces"}));
  app.add_option("--access-key", options.credentials.access_key_id)->envname("LIKENESS_ACCESS_KEY_ID")->required();
  app.add_option("--secret", options.credentials.secret_access_key)->envname("LIKENESS_SECRET_ACCESS_KEY")->required();
  app.add_option("--region", options.region);
  app.add_option("--connections", options.connections,
                 "default: 2 in a closed loop, 64 in an open one, 256 under overload");
  app.add_option("--duration", options.seconds, "seconds")->check(CLI::Range(1.0, 600.0));
  auto* rate = app.add_option("--rate", options.rate, "open loop: requests a second")->check(CLI::PositiveNumber);
  app.add_option("--load", options.load, "open loop: share of what --servers can do, 0..1")
      ->check(CLI::Range(0.01, 2.0))
      ->excludes(rate);
  app.add_option("--servers", options.servers, "c of the simulated M/D/c: compute threads of the server")
      ->check(CLI::Range(1, 1024));
  app.add_option("--service-ms", options.service_ms, "D of the simulated M/D/c; measured if absent");
  app.add_option("--overload", options.overload, "multiples of the measured peak to send, for example 1,2,5,10")
      ->delimiter(',')
      ->check(CLI::Range(0.1, 100.0));
  app.add_option("--deadline", options.deadline_seconds, "overload: seconds after which an answer is no good")
      ->check(CLI::Range(0.1, 60.0));
  app.add_option("--pid", options.pid, "process of the server, for its CPU time and memory");
  app.add_option("--seed", options.seed);
  try {
    app.parse(argc, argv);
    const ServerProcess server(options.pid);
    if (!options.overload.empty()) {
      measure_overload(options, server);
    } else if (options.rate > 0 || options.load > 0) {
      measure_open_loop(options, server);
    } else {
      measure_closed_loop(options, server);
    }
  } catch (const CLI::Error& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "http_load: %s\n", error.what());
    return 1;
  }
  return 0;
}

// Durable commits a second of the store with 1, 8 and 64 callers, beside a bare loop of write and fdatasync on the same
// disk in the same run.
//
//   store_bench FOLDER [--seconds S] [--rounds N]
//
// The loop is the limit of a lone caller: the log takes one fsync a commit. What many callers get above it is what
// group commit brings. The measured things alternate within each round, so that ratios hold on a busy machine; medians.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "base/ids.h"
#include "store/sqlite/sqlite_store.h"

namespace likeness {
namespace {

using Clock = std::chrono::steady_clock;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Writes of a page and its header in the log, each followed by fdatasync, as a commit of the store is at least: a
// second.
double bare_syncs(const std::filesystem::path& path, double seconds) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  std::array<char, 4096 + 24> page{};
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration<double>(seconds);
  std::uint64_t done = 0;
  while (Clock::now() < end) {
    // Round after round over 4 MB, as the log does it.
    const auto place = static_cast<off_t>(done % 1000 * page.size());
    if (::pwrite(file, page.data(), page.size(), place) < 0 || ::fdatasync(file) != 0) {
      std::perror("store_bench");
      std::exit(1);
    }
    ++done;
  }
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  ::close(file);
  return static_cast<double>(done) / took;
}

double commits(store::Store& store, int callers, double seconds) {
  std::atomic<std::uint64_t> done = 0;
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration<double>(seconds);
  threads.reserve(static_cast<std::size_t>(callers));
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&] {
      const store::Scope scope{.account = "111122223333", .region = "us-east-1"};
      const store::Mutation mutation{
          .record = {.kind = "bench", .actor = "store_bench", .time = Time{}, .detail = "{\"faces\":1}"},
          .once = std::nullopt};
      while (Clock::now() < end) {
        const Result<store::Applied> applied = store.append(scope, mutation);
        if (!applied.ok()) {
          std::fprintf(stderr, "store_bench: %s\n", applied.error().message.c_str());
          std::exit(1);
        }
        done.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(done) / std::chrono::duration<double>(Clock::now() - start).count();
}

struct Row {
  int callers;  // 0: the bare loop
  std::vector<double> rates = {};
};

int run(const std::filesystem::path& parent, double seconds, int rounds) {
  const std::filesystem::path folder = parent / ("store_bench_" + random_uuid());
  std::filesystem::create_directories(folder);
  Result<std::unique_ptr<store::SqliteStore>> store =
      store::SqliteStore::open({.file = folder / "likeness.db"}, Time{});
  if (!store.ok()) {
    std::fprintf(stderr, "store_bench: %s\n", store.error().message.c_str());
    return 1;
  }
  std::vector<Row> rows = {{0}, {1}, {8}, {64}};
  for (int round = 0; round < rounds; ++round) {
    for (Row& row : rows) {
      row.rates.push_back(row.callers == 0 ? bare_syncs(folder / "bare", seconds)
                                           : commits(**store, row.callers, seconds));
    }
  }
  const double bare = median(rows.front().rates);
  std::printf("%-28s %12s %14s\n", "", "per second", "of bare loop");
  for (const Row& row : rows) {
    const std::string name =
        row.callers == 0 ? "bare write and fdatasync" : "store, " + std::to_string(row.callers) + " callers";
    std::printf("%-28s %12.0f %13.2fx\n", name.c_str(), median(row.rates), median(row.rates) / bare);
  }
  store->reset();
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace likeness

int main(int argc, char** argv) {
  CLI::App program("Durable commits a second, beside bare fdatasync");
  std::filesystem::path folder;
  double seconds = 2;
  int rounds = 5;
  program.add_option("folder", folder, "A folder on the disk to measure")->required()->check(CLI::ExistingDirectory);
  program.add_option("--seconds", seconds, "Of each measurement")->capture_default_str();
  program.add_option("--rounds", rounds, "Of all of them")->check(CLI::Range(1, 1000))->capture_default_str();
  CLI11_PARSE(program, argc, argv);
  return likeness::run(folder, seconds, rounds);
}

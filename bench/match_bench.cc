// Search in process beside what the machine can do: plain reads of the same bytes, and the peak of its int8 unit.
//
//   match_bench [--rows N] [--dimension D] [--rounds R] [--folder F]
//
// Prints one "name value" a line; match_peers.py starts it, measures other libraries in the same run, and prints the
// tables. Each time is the best of the rounds, and reads and searches take turns, so that ratios hold on a busy
// machine.
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "match/shared_search.h"
#include "match/snapshot.h"
#include "match_limits.h"
#include "match_people.h"

namespace likeness::bench {
namespace {

using match::Query;
using match::VectorIndex;

constexpr std::size_t cores = 2;

struct Options {
  std::size_t rows = 1'000'000;
  std::size_t dimension = 512;
  int rounds = 15;
  std::filesystem::path folder = ".";
};

void say(const std::string& name, double value) {
  (void)std::printf("%s %.6g\n", name.c_str(), value);
  (void)std::fflush(stdout);
}

[[noreturn]] void fail(const Error& error) {
  (void)std::fprintf(stderr, "match_bench: %s\n", error.message.c_str());
  std::exit(1);
}

template <typename Value>
Value must(Result<Value> result) {
  if (!result.ok()) fail(result.error());
  return *std::move(result);
}

double resident_bytes() {
  ::malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double seconds_of(const std::function<void()>& work) { return best_seconds(1, work); }

// Ids as a gallery gives them: small and dense.
std::unique_ptr<VectorIndex> fill(const Options& options, const People& people) {
  std::unique_ptr<VectorIndex> index =
      must(VectorIndex::create({.dimension = options.dimension, .embedding_space = "bench"}));
  on_threads(cores, [&](std::size_t thread) {
    for (std::size_t i = thread; i < options.rows; i += cores) {
      const auto added = index->add(i, people.face(i, options.rows / People::faces_of_person + 1), 0, {});
      if (!added.ok()) fail(added.error());
    }
  });
  return index;
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options), people_(options.dimension) {
    for (std::size_t i = 0; i < match::max_queries_of_pass; ++i) {
      vectors_.push_back(people_.face(options.rows + 7 * i, options.rows / People::faces_of_person + 1));
    }
  }

  void run() {
    say("rows", static_cast<double>(options_.rows));
    say("dimension", static_cast<double>(options_.dimension));
    (void)std::printf("kernel %s\n", std::string(match::default_kernel().name).c_str());
    build();
    measure_one();
    measure_batches();
    measure_peak();
    measure_snapshot();
  }

 private:
  // As a search for faces: ten answers, without a threshold, which is the most work.
  [[nodiscard]] Query query(std::size_t number) const { return {.vector = vectors_[number], .limit = 10}; }
  [[nodiscard]] std::vector<Query> queries(std::size_t count) const {
    std::vector<Query> made;
    made.reserve(count);
    for (std::size_t i = 0; i < count; ++i) made.push_back(query(i % vectors_.size()));
    return made;
  }

  void build() {
    const double before = resident_bytes();
    say("build_s", seconds_of([&] { index_ = fill(options_, people_); }));
    const auto rows = static_cast<double>(options_.rows);
    say("resident_bytes_per_face", (resident_bytes() - before) / rows);
    say("memory_bytes_per_face", static_cast<double>(index_->memory_bytes()) / rows);
    say("memory_limit_per_face", 1.25 * static_cast<double>(options_.dimension) + 100);
    const auto one = must(VectorIndex::create({.dimension = options_.dimension}));
    (void)one->add(1, vectors_[0], 0, {});
    say("memory_bytes_of_one_face", static_cast<double>(one->memory_bytes()));
  }

  void measure_one() {
    const PlainMemory plain(options_.rows * match::code_row_bytes(options_.dimension));
    match::ScanHelpers helpers(cores - 1);
    match::SharedSearch shared(*index_, 1, 1000, {.helpers = &helpers});
    const Query one = query(0);
    Query all = query(0);
    all.limit = match::max_candidates;
    Query above = query(0);
    above.least_cosine = 0.35F;
    above.limit = match::max_candidates;
    double read[2] = {1e30, 1e30};
    double search[2] = {1e30, 1e30};
    double most = 1e30;
    double bounded = 1e30;
    for (int round = 0; round < options_.rounds; ++round) {
      read[0] = std::min(read[0], seconds_of([&] { plain.read(1); }));
      search[0] = std::min(search[0], seconds_of([&] { (void)index_->search(std::span(&one, 1)); }));
      read[1] = std::min(read[1], seconds_of([&] { plain.read(cores); }));
      search[1] = std::min(search[1], seconds_of([&] { (void)shared.search(one); }));
      most = std::min(most, seconds_of([&] { (void)index_->search(std::span(&all, 1)); }));
      bounded = std::min(bounded, seconds_of([&] { (void)index_->search(std::span(&above, 1)); }));
    }
    for (std::size_t i = 0; i < cores; ++i) {
      const std::string threads = std::to_string(i + 1) + "t";
      say("read_" + threads + "_ms", 1e3 * read[i]);
      say("query_" + threads + "_ms", 1e3 * search[i]);
      say("query_" + threads + "_of_read", search[i] / read[i]);
    }
    say("query_4096_answers_1t_ms", 1e3 * most);
    say("query_threshold_1t_ms", 1e3 * bounded);
  }

  void measure_batches() {
    const int rounds = std::max(2, options_.rounds / 3);
    for (const std::size_t count : {2U, 4U, 8U, 16U, 32U, 64U}) {
      const std::vector<Query> asked = queries(count);
      const double alone = best_seconds(rounds, [&] { (void)index_->search(asked); });
      const double together = best_seconds(rounds, [&] {
        const auto pass = must(index_->begin(asked));
        on_threads(cores, [&](std::size_t) { pass->help(); });
        (void)pass->take();
      });
      say("batch_" + std::to_string(count) + "_1t_qps", static_cast<double>(count) / alone);
      say("batch_" + std::to_string(count) + "_2t_qps", static_cast<double>(count) / together);
    }
    for (const std::size_t callers : {2U, 16U, 64U, 128U}) {
      say("shared_" + std::to_string(callers) + "_callers_qps", shared_rate(callers));
    }
  }

  // Queries a second that as many threads get, each with one query at a time.
  [[nodiscard]] double shared_rate(std::size_t callers) const {
    match::SharedSearch shared(*index_, 1, 1000);
    std::atomic<std::size_t> done = 0;
    std::atomic<bool> over = false;
    std::vector<std::thread> threads;
    threads.reserve(callers);
    for (std::size_t i = 0; i < callers; ++i) {
      threads.emplace_back([&, i] {
        while (!over) {
          if (!shared.search(query(i % vectors_.size())).ok()) std::abort();
          ++done;
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const std::size_t before = done;
    constexpr double seconds = 3;
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    const auto counted = static_cast<double>(done - before);
    over = true;
    for (std::thread& thread : threads) thread.join();
    return counted / seconds;
  }

  static void measure_peak() {
    for (std::size_t threads = 1; threads <= cores; ++threads) {
      const Peak peak = int8_peak(threads);
      if (threads == 1) std::printf("peak_unit %s\n", peak.unit.c_str());
      say("peak_" + std::to_string(threads) + "t_gops", peak.operations / 1e9);
    }
  }

  void measure_snapshot() {
    const SecretKey key = SecretKey::random();
    const std::filesystem::path path = options_.folder / ("match_bench_" + std::to_string(::getpid()));
    say("snapshot_write_s", seconds_of([&] {
          const auto written = match::write_snapshot(*index_, path, key, 1);
          if (!written.ok()) fail(written.error());
        }));
    const std::size_t rows = index_->size();
    index_.reset();
    double best = 1e30;
    for (int round = 0; round < 3; ++round) {
      match::LoadedSnapshot loaded;
      const double took = seconds_of([&] {
        loaded = must(match::read_snapshot(path, key, {.dimension = options_.dimension, .embedding_space = "bench"}));
      });
      if (loaded.index->size() != rows) std::abort();
      best = std::min(best, took);
    }
    say("snapshot_read_s", best);
    std::filesystem::remove(path);
  }

  const Options options_;
  const People people_;
  std::vector<std::vector<float>> vectors_;
  std::unique_ptr<VectorIndex> index_;
};

}  // namespace
}  // namespace likeness::bench

int main(int argc, char** argv) {
  CLI::App program("Search in process, beside plain reads and the peak of the int8 unit");
  likeness::bench::Options options;
  program.add_option("--rows", options.rows, "Faces in the index")->check(CLI::Range(1000, 100'000'000));
  program.add_option("--dimension", options.dimension, "Of their vectors")->check(CLI::Range(1, 4096));
  program.add_option("--rounds", options.rounds, "Of each measurement")->check(CLI::Range(1, 1000));
  program.add_option("--folder", options.folder, "For the snapshot")->check(CLI::ExistingDirectory);
  CLI11_PARSE(program, argc, argv);
  likeness::bench::Bench(options).run();
  return 0;
}

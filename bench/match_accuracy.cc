// Whether int8 changes answers: every query is answered by the index and by f32 over all rows, and both are compared.
//
//   match_accuracy [--people N] [--dimension D] [--queries Q]     a crowd of ten faces each
//   match_accuracy --embeddings FILE                              real ones, as `lfw_dev DATA PACKS dump=FILE` writes
//
// Printed are, of all cosines above the lowest threshold: the largest and the root-mean-square error; of each threshold
// how many rows stand on different sides, and how far from it the farthest of them; and how many queries have the same
// person's other faces at the same ranks as f32 gives them. "Ranks": which places of the order over all rows belong to
// the person. "Order": the same faces in the same places, which f32 itself does not keep between two kinds of sums.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "match/vector_index.h"
#include "match_limits.h"
#include "match_people.h"

namespace likeness::bench {
namespace {

using match::Candidate;
using match::VectorIndex;

constexpr std::size_t threads = 2;
constexpr float tolerance = 0.003F;

// Below all thresholds that anyone would set, and above what most strangers have (a normal distribution of deviation
// 1 / sqrt(dimension)), so that the answer holds every row.
float lowest_of(std::size_t dimension) { return std::max(0.15F, 3.4F / std::sqrt(static_cast<float>(dimension))); }

struct Crowd {
  std::size_t dimension = 0;
  std::vector<float> vectors;        // row after row
  std::vector<std::size_t> persons;  // of each row

  [[nodiscard]] std::size_t size() const { return persons.size(); }
  [[nodiscard]] std::span<const float> row(std::size_t i) const {
    return std::span(vectors).subspan(i * dimension, dimension);
  }
};

Crowd make_crowd(std::size_t people, std::size_t dimension) {
  Crowd crowd{.dimension = dimension, .vectors = {}, .persons = {}};
  const People made(dimension);
  const std::size_t rows = people * People::faces_of_person;
  crowd.vectors.resize(rows * dimension);
  for (std::size_t i = 0; i < rows; ++i) crowd.persons.push_back(i % people);
  on_threads(threads, [&](std::size_t thread) {
    for (std::size_t i = thread; i < rows; i += threads) {
      const std::vector<float> face = made.face(i, people);
      std::copy(face.begin(), face.end(), crowd.vectors.begin() + static_cast<std::ptrdiff_t>(i * dimension));
    }
  });
  return crowd;
}

// Lines of a name, a tab, and the components; the name up to its last underscore is the person's.
Crowd read_crowd(const std::filesystem::path& path) {
  Crowd crowd;
  std::map<std::string, std::size_t> people;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    const std::string name = line.substr(0, line.find('\t'));
    crowd.persons.push_back(people.emplace(name.substr(0, name.rfind('_')), people.size()).first->second);
    const char* at = line.c_str() + name.size();
    char* end = nullptr;
    crowd.dimension = 0;
    for (float value = std::strtof(at, &end); end != at; value = std::strtof(at, &end)) {
      crowd.vectors.push_back(value);
      ++crowd.dimension;
      at = end;
    }
  }
  return crowd;
}

[[gnu::target_clones("avx2", "default")]] float exact_cosine(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t lanes = 16;  // sums apart, so that the compiler makes vectors of them
  float sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= a.size(); i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  double sum = 0;
  for (const float one : sums) sum += static_cast<double>(one);
  for (; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return static_cast<float>(sum);
}

struct Threshold {
  float value = 0;
  std::size_t above = 0;      // rows that f32 finds
  std::size_t different = 0;  // rows on different sides
  float farthest = 0;         // of those, from the threshold, in f32
};

struct Report {
  std::size_t queries = 0;
  std::size_t compared = 0;
  double squares = 0;
  float largest_error = 0;
  std::vector<Threshold> thresholds = {{0.2F}, {0.3F}, {0.4F}, {0.5F}, {0.6F}};
  std::size_t with_others = 0;  // queries whose person has other faces
  std::size_t same_ranks = 0;
  std::size_t same_order = 0;
  float widest_swap = 0;  // the largest difference in f32 of two faces of one person that changed places
};

std::vector<Candidate> sorted(std::vector<Candidate> all) {
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return a.cosine != b.cosine ? a.cosine > b.cosine : a.id < b.id;
  });
  return all;
}

// Places of the person's other faces in an order over all rows, and which face is at each.
std::vector<std::pair<std::size_t, std::size_t>> places(const Crowd& crowd, const std::vector<Candidate>& order,
                                                        std::size_t query) {
  std::vector<std::pair<std::size_t, std::size_t>> found;
  std::size_t place = 0;
  for (const Candidate& candidate : order) {
    if (candidate.id == query) continue;
    if (crowd.persons[candidate.id] == crowd.persons[query]) found.emplace_back(place, candidate.id);
    ++place;
  }
  return found;
}

void compare_ranks(const Crowd& crowd, std::size_t query, const std::vector<float>& exact,
                   const std::vector<Candidate>& ours, const std::vector<Candidate>& f32, Report& report) {
  const auto our_places = places(crowd, ours, query);
  const auto f32_places = places(crowd, f32, query);
  if (f32_places.empty() && our_places.empty()) return;
  ++report.with_others;
  report.same_order += our_places == f32_places ? 1U : 0U;
  bool same = our_places.size() == f32_places.size();
  for (std::size_t i = 0; same && i < our_places.size(); ++i) {
    same = our_places[i].first == f32_places[i].first;
    const float apart = std::abs(exact[our_places[i].second] - exact[f32_places[i].second]);
    report.widest_swap = std::max(report.widest_swap, apart);
  }
  report.same_ranks += same ? 1U : 0U;
}

void compare(const Crowd& crowd, const VectorIndex& index, std::size_t query, Report& report, std::mutex& mutex) {
  const float lowest = lowest_of(crowd.dimension);
  std::vector<float> exact(crowd.size());
  std::vector<Candidate> f32;
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    exact[i] = exact_cosine(crowd.row(query), crowd.row(i));
    if (exact[i] >= lowest) f32.push_back({i, exact[i]});
  }
  f32 = sorted(std::move(f32));
  const match::Query asked{
      .vector = crowd.row(query), .least_cosine = lowest - tolerance, .limit = match::max_candidates};
  const auto answers = index.search(std::span(&asked, 1));
  if (!answers.ok() || answers->front().size() == match::max_candidates) std::abort();
  std::vector<float> found(crowd.size(), -1);
  for (const Candidate& candidate : answers->front()) found[candidate.id] = candidate.cosine;
  std::vector<Candidate> ours;
  std::copy_if(answers->front().begin(), answers->front().end(), std::back_inserter(ours),
               [&](const Candidate& candidate) { return exact[candidate.id] >= lowest; });

  const std::lock_guard lock(mutex);
  ++report.queries;
  for (const Candidate& candidate : f32) {
    const float error = std::abs(found[candidate.id] - candidate.cosine);  // a missed row: more than 1
    report.largest_error = std::max(report.largest_error, error);
    report.squares += static_cast<double>(error) * static_cast<double>(error);
    ++report.compared;
  }
  for (Threshold& threshold : report.thresholds) {
    if (threshold.value < lowest + tolerance) continue;
    for (std::size_t i = 0; i < crowd.size(); ++i) {
      threshold.above += exact[i] >= threshold.value ? 1U : 0U;
      if ((exact[i] >= threshold.value) == (found[i] >= threshold.value)) continue;
      ++threshold.different;
      threshold.farthest = std::max(threshold.farthest, std::abs(exact[i] - threshold.value));
    }
  }
  compare_ranks(crowd, query, exact, ours, f32, report);
}

void print(const Crowd& crowd, const Report& report) {
  std::printf("%zu faces of %zu dimensions, %zu queries, %zu cosines of %.2f and more\n", crowd.size(), crowd.dimension,
              report.queries, report.compared, static_cast<double>(lowest_of(crowd.dimension)));
  std::printf("error of a cosine: root mean square %.5f, largest %.5f (limit %.3f)\n",
              std::sqrt(report.squares / static_cast<double>(std::max<std::size_t>(1, report.compared))),
              static_cast<double>(report.largest_error), static_cast<double>(tolerance));
  for (const Threshold& threshold : report.thresholds) {
    if (threshold.value < lowest_of(crowd.dimension) + tolerance) continue;
    std::printf("threshold %.1f: %zu rows of f32, %zu on the other side, the farthest %.5f from it (limit %.3f)\n",
                static_cast<double>(threshold.value), threshold.above, threshold.different,
                static_cast<double>(threshold.farthest), static_cast<double>(tolerance));
  }
  const auto share = [&](std::size_t count) {
    return 100.0 * static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(1, report.with_others));
  };
  std::printf(
      "the same person's other faces: same ranks in %.2f %% of %zu queries (limit 99.9), same order in %.2f %%, "
      "faces that changed places are at most %.5f apart in f32\n",
      share(report.same_ranks), report.with_others, share(report.same_order), static_cast<double>(report.widest_swap));
}

int run(const Crowd& crowd, std::size_t query_count) {
  auto index = VectorIndex::create({.dimension = crowd.dimension});
  if (!index.ok()) return 1;
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    if (!(*index)->add(i, crowd.row(i), 0, {}).ok()) return 1;
  }
  Report report;
  std::mutex mutex;
  const std::size_t count = std::min(query_count, crowd.size());
  on_threads(threads, [&](std::size_t thread) {
    for (std::size_t i = thread; i < count; i += threads) {
      compare(crowd, **index, i * (crowd.size() / count), report, mutex);
    }
  });
  print(crowd, report);
  return report.largest_error <= tolerance ? 0 : 1;
}

}  // namespace
}  // namespace likeness::bench

int main(int argc, char** argv) {
  CLI::App program("Answers of the int8 index beside those of f32");
  std::size_t people = 20'000;
  std::size_t dimension = 512;
  std::size_t queries = 5000;
  std::string embeddings;
  program.add_option("--people", people, "Of ten faces each")->check(CLI::Range(10, 1'000'000));
  program.add_option("--dimension", dimension, "Of their vectors")->check(CLI::Range(1, 4096));
  program.add_option("--queries", queries, "At most")->check(CLI::Range(1, 10'000'000));
  program.add_option("--embeddings", embeddings, "A file of real ones")->check(CLI::ExistingFile);
  CLI11_PARSE(program, argc, argv);
  using likeness::bench::make_crowd;
  using likeness::bench::read_crowd;
  return likeness::bench::run(embeddings.empty() ? make_crowd(people, dimension) : read_crowd(embeddings), queries);
}

#include "match/shared_search.h"

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace likeness::match {

namespace {

// Below this a scan is over before a second thread has woken up: some 8 MiB of codes take a quarter of a millisecond.
constexpr std::size_t rows_worth_helping = 16'384;

}  // namespace

struct SharedSearch::Waiting {
  const Query* query = nullptr;
  std::optional<Result<std::vector<Candidate>>> answer;  // protected by mutex_
};

SharedSearch::SharedSearch(const VectorIndex& index, std::size_t passes, std::size_t capacity, SearchThreads threads)
    : index_(index),
      passes_(std::max<std::size_t>(1, passes)),
      capacity_(capacity),
      threads_(threads),
      most_scanning_(std::max<std::size_t>(passes_, std::thread::hardware_concurrency())) {}

Result<std::vector<Candidate>> SharedSearch::search(const Query& query) {
  // Alone, so that one caller's mistake does not spoil the pass of others.
  if (query.vector.size() != index_.dimension() || query.limit < 1 || query.limit > max_candidates) {
    return index_.search(std::span(&query, 1)).error();
  }
  const bool shares = threads_.pool != nullptr && index_.size() >= rows_worth_helping;
  const std::optional<ThreadPool::Aside> aside =
      shares ? threads_.pool->try_step_aside(AsideFor::search) : std::nullopt;
  Waiting self{.query = &query, .answer = std::nullopt};
  MutexLock lock(mutex_);
  if (queue_.size() >= capacity_) {
    return Error(ErrorKind::overloaded, "too many searches wait for the index; try again later");
  }
  queue_.push_back(&self);
  while (!self.answer) {
    // Whoever waits runs the next pass, for itself and others, as soon as one is free, and helps until then.
    if (running_.size() < passes_ && !queue_.empty()) {
      run_pass();
    } else if (!help_running()) {
      lock.wait(changed_);
    }
  }
  return *std::move(self.answer);
}

void SharedSearch::run_pass() {
  const std::size_t count = std::min(queue_.size(), max_queries_of_pass);
  const std::vector<Waiting*> served(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<Query> queries;
  queries.reserve(count);
  for (const Waiting* waiting : served) queries.push_back(*waiting->query);
  Result<std::unique_ptr<VectorIndex::Pass>> begun = index_.begin(queries);
  if (!begun.ok()) {
    for (Waiting* waiting : served) waiting->answer.emplace(Error(begun.error()));
    changed_.notify_all();
    return;
  }
  const std::shared_ptr<VectorIndex::Pass> pass = *std::move(begun);
  running_.push_back(pass);
  ++scanning_;
  ++counts_.passes;
  counts_.queries += count;
  // Those who wait may help.
  const bool large = index_.size() >= rows_worth_helping;
  if (large && scanning_ < most_scanning_) {
    for (std::size_t i = scanning_; i < most_scanning_; ++i) changed_.notify_one();
  }
  mutex_.unlock();
  if (large && threads_.helpers != nullptr) threads_.helpers->ask(pass);
  std::vector<std::vector<Candidate>> answers = pass->take();
  mutex_.lock();
  --scanning_;
  std::erase(running_, pass);
  for (std::size_t i = 0; i < count; ++i) served[i]->answer.emplace(std::move(answers[i]));
  changed_.notify_all();
}

bool SharedSearch::help_running() {
  if (scanning_ >= most_scanning_) return false;
  const auto found = std::find_if(running_.begin(), running_.end(), [](const auto& pass) { return pass->has_work(); });
  if (found == running_.end()) return false;
  // A copy: while the mutex is free, the pass may end and leave `running_`.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const std::shared_ptr<VectorIndex::Pass> pass = *found;
  ++scanning_;
  mutex_.unlock();
  pass->help();
  mutex_.lock();
  --scanning_;
  return true;
}

SharedSearch::Counts SharedSearch::counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

}  // namespace likeness::match

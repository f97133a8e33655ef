#include "match/shared_search.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace likeness::match {

struct SharedSearch::Waiting {
  const Query* query = nullptr;
  std::optional<Result<std::vector<Candidate>>> answer;  // protected by mutex_
};

SharedSearch::SharedSearch(const VectorIndex& index, std::size_t passes, std::size_t capacity)
    : index_(index), passes_(std::max<std::size_t>(1, passes)), capacity_(capacity) {}

Result<std::vector<Candidate>> SharedSearch::search(const Query& query) {
  // Alone, so that one caller's mistake does not spoil the pass of others.
  if (query.vector.size() != index_.dimension() || query.limit < 1 || query.limit > max_candidates) {
    return index_.search(std::span(&query, 1)).error();
  }
  Waiting self{.query = &query, .answer = std::nullopt};
  MutexLock lock(mutex_);
  if (queue_.size() >= capacity_) {
    return Error(ErrorKind::overloaded, "too many searches wait for the index; try again later");
  }
  queue_.push_back(&self);
  while (!self.answer) {
    // Whoever waits runs the next pass, for itself and others, as soon as one is free.
    if (running_ < passes_ && !queue_.empty()) {
      run_pass();
    } else {
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
  ++running_;
  ++counts_.passes;
  counts_.queries += count;
  mutex_.unlock();
  Result<std::vector<std::vector<Candidate>>> answers = index_.search(queries);
  mutex_.lock();
  --running_;
  for (std::size_t i = 0; i < count; ++i) {
    if (answers.ok()) {
      served[i]->answer.emplace(std::move(answers.value()[i]));
    } else {
      served[i]->answer.emplace(Error(answers.error()));
    }
  }
  changed_.notify_all();
}

SharedSearch::Counts SharedSearch::counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

}  // namespace likeness::match

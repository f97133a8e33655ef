// Queries that arrive together share one pass over the index.
//
// A scan costs the memory traffic of the index, whatever the number of queries it serves (up to what the CPU can
// multiply meanwhile). So a query that finds all passes busy waits, and the next pass takes everything that waits by
// then. Nobody waits for company: with a pass free, a query starts at once and alone. Whoever waits for the next pass
// helps with the one that runs, so one pass at a time (`passes` = 1) keeps all cores busy and is the best choice;
// ScanHelpers, if there are any, help with it too.
//
// Thread rule: search() may be called from any thread; it blocks until its answer is there. The calling threads do the
// scans, and those of ScanHelpers.
// Ownership: the index, the helpers and the pool outlive it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/thread_annotations.h"
#include "base/thread_pool.h"
#include "match/scan_helpers.h"
#include "match/vector_index.h"

namespace likeness::match {

// Both may be null, and both are asked only for indexes that are large enough to be worth it.
struct SearchThreads {
  ScanHelpers* helpers = nullptr;
  // Whose tasks call search(): they step aside (AsideFor::search), so that more come and share the pass. As many as may
  // step aside; others search all the same.
  ThreadPool* pool = nullptr;
};

class SharedSearch {
 public:
  // At most `passes` (>= 1) scans at a time. At most `capacity` queries wait; one more is refused.
  SharedSearch(const VectorIndex& index, std::size_t passes, std::size_t capacity, SearchThreads threads = {});
  SharedSearch(const SharedSearch&) = delete;
  SharedSearch& operator=(const SharedSearch&) = delete;

  // Errors: those of VectorIndex::search(), for this query alone; overloaded (too many wait).
  [[nodiscard]] Result<std::vector<Candidate>> search(const Query& query);

  struct Counts {
    std::uint64_t passes = 0;
    std::uint64_t queries = 0;
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct Waiting;

  // Runs one pass for those in front of the queue, without the mutex while it scans.
  void run_pass() REQUIRES(mutex_);
  // Helps with a pass that runs; false if none needs it. Without the mutex while it scans.
  bool help_running() REQUIRES(mutex_);

  const VectorIndex& index_;
  const std::size_t passes_;
  const std::size_t capacity_;
  const SearchThreads threads_;
  const std::size_t most_scanning_;  // threads: more than cores only compete
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Waiting*> queue_ GUARDED_BY(mutex_);  // each lives on the stack of its caller, who waits
  std::vector<std::shared_ptr<VectorIndex::Pass>> running_ GUARDED_BY(mutex_);
  std::size_t scanning_ GUARDED_BY(mutex_) = 0;
  Counts counts_ GUARDED_BY(mutex_);
};

}  // namespace likeness::match

// Queries that arrive together share one pass over the index.
//
// A scan costs the memory traffic of the index, whatever the number of queries it serves (up to what the CPU can
// multiply meanwhile). So a query that finds all passes busy waits, and the next pass takes everything that waits by
// then. Nobody waits for company: with a pass free, a query starts at once and alone.
//
// Thread rule: search() may be called from any thread; it blocks until its answer is there. The calling threads do the
// scans, there are no others.
// Ownership: the index outlives it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/thread_annotations.h"
#include "match/vector_index.h"

namespace likeness::match {

class SharedSearch {
 public:
  // At most `passes` (>= 1) scans at a time: more than cores only compete for memory. At most `capacity` queries wait;
  // one more is refused.
  SharedSearch(const VectorIndex& index, std::size_t passes, std::size_t capacity);
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

  const VectorIndex& index_;
  const std::size_t passes_;
  const std::size_t capacity_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Waiting*> queue_ GUARDED_BY(mutex_);  // each lives on the stack of its caller, who waits
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  Counts counts_ GUARDED_BY(mutex_);
};

}  // namespace likeness::match

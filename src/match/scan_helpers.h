// Threads that help with scans, so that one query alone uses all cores of an idle machine.
//
// The compute pool runs each request on one thread, which is right while there are as many requests as cores. A single
// search over a large index would then leave the other cores idle for as long as it reads memory; these threads read
// with it. One set of them serves all indexes of a process.
//
// Thread rule: all methods may be called from any thread.
// Ownership: whoever holds passes by std::shared_ptr shares them with the helpers until they are done.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "match/vector_index.h"

namespace likeness::match {

class ScanHelpers {
 public:
  // `threads`: the number of cores but one is right; 0 helps nobody.
  explicit ScanHelpers(std::size_t threads);
  // Joins the threads; nobody may search with them then.
  ~ScanHelpers();
  ScanHelpers(const ScanHelpers&) = delete;
  ScanHelpers& operator=(const ScanHelpers&) = delete;

  // Returns at once; helpers that are free join the pass. Forgotten when as many passes wait as there are threads: the
  // machine is busy then.
  void ask(std::shared_ptr<VectorIndex::Pass> pass);

 private:
  void run();
  // Waits for a pass, or helps with one, without the mutex meanwhile.
  void help_next() REQUIRES(mutex_);

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::shared_ptr<VectorIndex::Pass>> asked_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace likeness::match

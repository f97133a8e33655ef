// The compute pool: a fixed number of threads and one bounded queue in front of them.
//
// Each task runs to its end on one thread. A full queue refuses at once instead of waiting: whoever asked is
// told while it still matters. Tasks must not throw and must not wait for other tasks.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"

namespace likeness {

// Thread rule: all methods may be called from any thread, but the destructor and drain() from outside the pool.
class ThreadPool {
 public:
  using Task = std::function<void()>;

  // `threads` >= 1 run tasks; at most `capacity` >= 1 tasks wait besides those that run.
  ThreadPool(std::size_t threads, std::size_t capacity);
  // Runs what was accepted, then joins.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // False, with the task untouched by any thread, if the queue is full or drain() was called.
  [[nodiscard]] bool try_submit(Task task);

  // Refuses new tasks, runs those that were accepted, and returns when the last has ended.
  void drain();

  [[nodiscard]] std::size_t thread_count() const { return thread_count_; }
  [[nodiscard]] std::size_t waiting() const;

 private:
  void run();

  const std::size_t thread_count_;
  const std::size_t capacity_;
  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Task> queue_ GUARDED_BY(mutex_);
  bool draining_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // constant between construction and drain()
};

}  // namespace likeness

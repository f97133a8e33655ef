// The compute pool: a fixed number of threads and, in front of them, one bounded queue for each class of work.
//
// Each task runs to its end on one thread. A full queue refuses at once instead of waiting: whoever asked is
// told while it still matters. Tasks must not throw and must not wait for other tasks. Within a class the first that
// came is the first served; work_order.h says how the classes take turns.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "base/service_time.h"
#include "base/thread_annotations.h"
#include "base/work_order.h"

namespace likeness {

// Thread rule: all methods may be called from any thread, but the destructor and drain() from outside the pool.
class ThreadPool {
 public:
  using Task = std::function<void()>;

  // `threads` >= 1 run tasks; at most `capacity` >= 1 tasks of each class wait besides those that run.
  ThreadPool(std::size_t threads, std::size_t capacity);
  ThreadPool(std::size_t threads, const PerWorkClass<std::size_t>& capacities);
  // Runs what was accepted, then joins.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // False, with the task untouched by any thread, if the class's queue is full or drain() was called.
  [[nodiscard]] bool try_submit(WorkClass work_class, Task task);

  // Refuses new tasks, runs those that were accepted, and returns when the last has ended.
  void drain();

  [[nodiscard]] std::size_t thread_count() const { return thread_count_; }
  [[nodiscard]] std::size_t capacity(WorkClass work_class) const { return capacities_[index_of(work_class)]; }
  // Tasks that wait: of one class, of all.
  [[nodiscard]] std::size_t waiting(WorkClass work_class) const;
  [[nodiscard]] std::size_t waiting() const;

  // Seconds that a task submitted now would wait, as far as one can say: what waits before it (its own class and those
  // of higher rank), each for as long as its class took lately, over all threads. What is running is not counted, nor
  // work of higher rank that is still to come. 0 if nothing waits or nothing has run yet.
  [[nodiscard]] double expected_wait(WorkClass work_class) const;

 private:
  struct Taken {
    Task task;
    WorkClass work_class;
  };
  void run();
  // The next task, after waiting for one; empty if the pool is drained.
  [[nodiscard]] std::optional<Taken> take();
  [[nodiscard]] PerWorkClass<std::size_t> lengths() const REQUIRES(mutex_);

  const std::size_t thread_count_;
  const PerWorkClass<std::size_t> capacities_;
  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  PerWorkClass<std::deque<Task>> queues_ GUARDED_BY(mutex_);
  PerWorkClass<ServiceTime> service_times_ GUARDED_BY(mutex_);
  WorkOrder order_ GUARDED_BY(mutex_);
  bool draining_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // constant between construction and drain()
};

}  // namespace likeness

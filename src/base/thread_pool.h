// The compute pool: a fixed number of threads and, in front of them, one bounded queue for each class of work.
//
// Each task runs to its end on one thread. A full queue refuses at once instead of waiting: whoever asked is
// told while it still matters. Tasks must not throw and must not wait for other tasks. Within a class the first that
// came is the first served; work_order.h says how the classes take turns.
//
// A task that must wait for the network, or for a scan that it shares with others, steps aside meanwhile
// (try_step_aside): another runs in its place. How many may be aside at once is bounded, for each reason by itself.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/service_time.h"
#include "base/thread_annotations.h"
#include "base/work_order.h"

namespace likeness {

// Why a task steps aside.
enum class AsideFor {
  network,  // costs memory and no processor
  search,   // the scan is done by those who wait for it, as many at a time as there are cores
};
inline constexpr std::size_t aside_reason_count = 2;
template <typename T>
using PerAsideReason = std::array<T, aside_reason_count>;

// Thread rule: all methods may be called from any thread, but the destructor and drain() from outside the pool.
class ThreadPool {
 public:
  using Task = std::function<void()>;

  // `threads` >= 1 run tasks; at most `capacity` >= 1 tasks of each class wait besides those that run.
  ThreadPool(std::size_t threads, std::size_t capacity);
  // And at most `aside` tasks may have stepped aside for each reason; a thread more for each of them.
  ThreadPool(std::size_t threads, const PerWorkClass<std::size_t>& capacities,
             const PerAsideReason<std::size_t>& aside = {});
  // Runs what was accepted, then joins.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // False, with the task untouched by any thread, if the class's queue is full or drain() was called.
  [[nodiscard]] bool try_submit(WorkClass work_class, Task task);

  // Refuses new tasks, runs those that were accepted, and returns when the last has ended.
  void drain();

  // While it lives, the task that made it counts as not running. The end of its life waits until the task may go on:
  // tasks that come back go before those that have not begun.
  class Aside {
   public:
    Aside(ThreadPool& pool, AsideFor reason)
        : pool_(&pool), reason_(reason), since_(std::chrono::steady_clock::now()) {}
    ~Aside() {
      if (pool_ != nullptr) pool_->come_back(reason_, std::chrono::steady_clock::now() - since_);
    }
    Aside(Aside&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), reason_(other.reason_), since_(other.since_) {}
    Aside& operator=(Aside&&) = delete;

   private:
    ThreadPool* pool_;  // null after a move
    AsideFor reason_;
    std::chrono::steady_clock::time_point since_;
  };

  // Only from a task of this pool that is not aside. Empty if as many tasks as may be are aside for it already.
  [[nodiscard]] std::optional<Aside> try_step_aside(AsideFor reason);

  // How many tasks run at the same time, those that are aside not counted.
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
  using Seconds = std::chrono::duration<double>;
  void run();
  void come_back(AsideFor reason, Seconds aside);
  // A task has ended or stepped aside: whose turn it is now may go on.
  void let_next_run() REQUIRES(mutex_);
  // The next task, after waiting for one; empty if the pool is drained.
  [[nodiscard]] std::optional<Taken> take();
  [[nodiscard]] PerWorkClass<std::size_t> lengths() const REQUIRES(mutex_);

  const std::size_t thread_count_;
  const PerWorkClass<std::size_t> capacities_;
  const PerAsideReason<std::size_t> most_aside_;
  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  PerWorkClass<std::deque<Task>> queues_ GUARDED_BY(mutex_);
  PerWorkClass<ServiceTime> service_times_ GUARDED_BY(mutex_);
  WorkOrder order_ GUARDED_BY(mutex_);
  bool draining_ GUARDED_BY(mutex_) = false;
  std::size_t running_ GUARDED_BY(mutex_) = 0;  // <= thread_count_
  // <= most_aside_; those that wait to come back included
  PerAsideReason<std::size_t> aside_ GUARDED_BY(mutex_){};
  std::size_t returning_ GUARDED_BY(mutex_) = 0;  // wait to come back
  std::condition_variable_any back_;
  // What the running task of a thread spent aside: not part of its service time.
  std::unordered_map<std::thread::id, Seconds> aside_times_ GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;  // constant between construction and drain()
};

}  // namespace likeness

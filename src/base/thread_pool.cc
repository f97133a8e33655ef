#include "base/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

namespace likeness {

ThreadPool::ThreadPool(std::size_t threads, std::size_t capacity)
    : ThreadPool(threads, PerWorkClass<std::size_t>{capacity, capacity, capacity}) {}

ThreadPool::ThreadPool(std::size_t threads, const PerWorkClass<std::size_t>& capacities,
                       const PerAsideReason<std::size_t>& aside)
    : thread_count_(threads), capacities_(capacities), most_aside_(aside) {
  const std::size_t all = std::accumulate(aside.begin(), aside.end(), threads);
  threads_.reserve(all);
  for (std::size_t i = 0; i < all; ++i) threads_.emplace_back([this] { run(); });
}

ThreadPool::~ThreadPool() { drain(); }

bool ThreadPool::try_submit(WorkClass work_class, Task task) {
  {
    const MutexLock lock(mutex_);
    std::deque<Task>& queue = queues_[index_of(work_class)];
    if (draining_ || queue.size() >= capacity(work_class)) return false;
    queue.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void ThreadPool::drain() {
  {
    const MutexLock lock(mutex_);
    draining_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t ThreadPool::waiting(WorkClass work_class) const {
  const MutexLock lock(mutex_);
  return queues_[index_of(work_class)].size();
}

std::size_t ThreadPool::waiting() const {
  const MutexLock lock(mutex_);
  std::size_t all = 0;
  for (const std::size_t length : lengths()) all += length;
  return all;
}

double ThreadPool::expected_wait(WorkClass work_class) const {
  const MutexLock lock(mutex_);
  double seconds = 0;
  for (std::size_t i = 0; i <= index_of(work_class); ++i) {
    seconds += static_cast<double>(queues_[i].size()) * service_times_[i].mean();
  }
  return seconds / static_cast<double>(thread_count_);
}

PerWorkClass<std::size_t> ThreadPool::lengths() const {
  PerWorkClass<std::size_t> all{};
  for (std::size_t i = 0; i < work_class_count; ++i) all[i] = queues_[i].size();
  return all;
}

std::optional<ThreadPool::Taken> ThreadPool::take() {
  MutexLock lock(mutex_);
  for (;;) {
    const bool may_run = running_ + returning_ < thread_count_;
    const std::optional<WorkClass> next = may_run ? order_.next(lengths()) : std::nullopt;
    if (next) {
      std::deque<Task>& queue = queues_[index_of(*next)];
      Taken taken{std::move(queue.front()), *next};
      queue.pop_front();
      ++running_;
      return taken;
    }
    if (draining_ && lengths() == PerWorkClass<std::size_t>{}) return std::nullopt;
    lock.wait(wake_);
  }
}

void ThreadPool::run() {
  while (std::optional<Taken> taken = take()) {
    const auto started = std::chrono::steady_clock::now();
    taken->task();
    taken->task = nullptr;  // what it holds is let go of here, not when the next task comes
    Seconds took = std::chrono::steady_clock::now() - started;
    const MutexLock lock(mutex_);
    if (const auto aside = aside_times_.extract(std::this_thread::get_id())) took -= aside.mapped();
    service_times_[index_of(taken->work_class)].observe(std::max(0.0, took.count()));
    --running_;
    let_next_run();
  }
}

void ThreadPool::let_next_run() {
  if (returning_ > 0) {
    back_.notify_one();
  } else {
    wake_.notify_one();
  }
  // Threads that wait for work in a pool that is drained look again: this may have been the last of it.
  if (draining_) wake_.notify_all();
}

std::optional<ThreadPool::Aside> ThreadPool::try_step_aside(AsideFor reason) {
  const auto index = static_cast<std::size_t>(reason);
  const MutexLock lock(mutex_);
  if (aside_[index] == most_aside_[index]) return std::nullopt;
  ++aside_[index];
  --running_;
  let_next_run();
  return std::optional<Aside>(std::in_place, *this, reason);
}

void ThreadPool::come_back(AsideFor reason, Seconds aside) {
  MutexLock lock(mutex_);
  ++returning_;
  while (running_ == thread_count_) lock.wait(back_);
  --returning_;
  --aside_[static_cast<std::size_t>(reason)];
  ++running_;
  aside_times_[std::this_thread::get_id()] += aside;
  // Two may have ended before either of those that they woke went on.
  if (running_ < thread_count_) let_next_run();
}

}  // namespace likeness

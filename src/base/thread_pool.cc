#include "base/thread_pool.h"

#include <utility>

namespace likeness {

ThreadPool::ThreadPool(std::size_t threads, std::size_t capacity) : thread_count_(threads), capacity_(capacity) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

ThreadPool::~ThreadPool() { drain(); }

bool ThreadPool::try_submit(Task task) {
  {
    const MutexLock lock(mutex_);
    if (draining_ || queue_.size() >= capacity_) return false;
    queue_.push_back(std::move(task));
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

std::size_t ThreadPool::waiting() const {
  const MutexLock lock(mutex_);
  return queue_.size();
}

void ThreadPool::run() {
  for (;;) {
    Task task;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !draining_) lock.wait(wake_);
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace likeness

// Names of locks in declarations, checked by clang's -Wthread-safety; nothing to other compilers.
// Source: clang, "Thread Safety Analysis".
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define LIKENESS_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define LIKENESS_THREAD_ATTRIBUTE(x)
#endif

#define GUARDED_BY(mutex) LIKENESS_THREAD_ATTRIBUTE(guarded_by(mutex))
#define REQUIRES(...) LIKENESS_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))

namespace likeness {

// std::mutex with a name that the analysis knows (libstdc++'s own carries no annotations).
class LIKENESS_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() LIKENESS_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() LIKENESS_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class LIKENESS_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) LIKENESS_THREAD_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() LIKENESS_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  // Waits on `condition` with the mutex released meanwhile; held again on return. Wakes spuriously, as all waits do.
  void wait(std::condition_variable_any& condition) { condition.wait(mutex_); }
  // The same, until `time` at the latest.
  template <typename TimePoint>
  void wait_until(std::condition_variable_any& condition, const TimePoint& time) {
    condition.wait_until(mutex_, time);
  }

 private:
  Mutex& mutex_;
};

}  // namespace likeness

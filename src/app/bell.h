// Wakes a thread that does something now and then, because there is something to do now.
//
// Thread rule: thread-safe; one thread waits.
#pragma once

#include <chrono>
#include <condition_variable>

#include "base/thread_annotations.h"

namespace likeness::app {

class Bell {
 public:
  void ring() {
    {
      const MutexLock lock(mutex_);
      rung_ = true;
    }
    heard_.notify_one();
  }
  // Until it rings, was rung since the last wait, or `deadline` comes.
  void wait_until(std::chrono::steady_clock::time_point deadline) {
    MutexLock lock(mutex_);
    while (!rung_ && std::chrono::steady_clock::now() < deadline) lock.wait_until(heard_, deadline);
    rung_ = false;
  }

 private:
  Mutex mutex_;
  std::condition_variable_any heard_;
  bool rung_ GUARDED_BY(mutex_) = false;
};

}  // namespace likeness::app

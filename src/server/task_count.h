// How many tasks of a server the pool still has a hand in. A task tells its connection that it has ended by posting
// to Asio, and is inside Asio for a moment longer than the connection, and with it perhaps the server, may last: so the
// server waits for this count before it ends.
//
// Thread rule: all methods may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>

#include "base/thread_annotations.h"

namespace likeness::server {

class TaskCount {
 public:
  void begin() {
    const MutexLock lock(mutex_);
    ++count_;
  }

  // The last thing that a task does: the object may be gone afterwards.
  void end() {
    const MutexLock lock(mutex_);
    --count_;
    none_.notify_all();  // with the lock held, so that whoever waits cannot destroy the condition before
  }

  void wait_until_none() {
    MutexLock lock(mutex_);
    while (count_ > 0) lock.wait(none_);
  }

 private:
  Mutex mutex_;
  std::condition_variable_any none_;
  std::size_t count_ GUARDED_BY(mutex_) = 0;
};

}  // namespace likeness::server

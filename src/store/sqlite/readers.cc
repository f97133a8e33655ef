#include "store/sqlite/readers.h"

namespace likeness::store {

std::unique_ptr<Connection> Readers::take() {
  MutexLock lock(mutex_);
  while (free_.empty()) lock.wait(returned_);
  std::unique_ptr<Connection> connection = std::move(free_.back());
  free_.pop_back();
  return connection;
}

void Readers::give_back(std::unique_ptr<Connection> connection) {
  {
    const MutexLock lock(mutex_);
    free_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

}  // namespace likeness::store

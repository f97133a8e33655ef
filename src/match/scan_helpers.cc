#include "match/scan_helpers.h"

#include <utility>

namespace likeness::match {

ScanHelpers::ScanHelpers(std::size_t threads) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

ScanHelpers::~ScanHelpers() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ScanHelpers::ask(std::shared_ptr<VectorIndex::Pass> pass) {
  {
    const MutexLock lock(mutex_);
    if (asked_.size() >= threads_.size()) return;
    asked_.push_back(std::move(pass));
  }
  changed_.notify_all();
}

void ScanHelpers::run() {
  const MutexLock lock(mutex_);
  while (!stopping_) help_next();
}

void ScanHelpers::help_next() {
  if (asked_.empty()) {
    changed_.wait(mutex_);
    return;
  }
  // It stays in front meanwhile, so that other helpers join it too.
  const std::shared_ptr<VectorIndex::Pass> pass = asked_.front();
  if (pass->has_work()) {
    mutex_.unlock();
    pass->help();
    mutex_.lock();
  }
  if (!asked_.empty() && asked_.front() == pass) asked_.pop_front();
}

}  // namespace likeness::match

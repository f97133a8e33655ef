#include "importer/import_people.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace likeness::importer {

namespace {

constexpr std::chrono::milliseconds look = std::chrono::milliseconds(200);

}  // namespace

Result<void> import_people(const People& people, const ImportOptions& options, const Tools& tools) {
  for (const LeftOut& left : people.left_out) tools.report.refuse(left.path, left.reason);
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = options.parallel;  // under the mutex
  std::optional<Error> failure;            // the first
  const auto work = [&] {
    for (std::size_t i = next++; i < people.names.size(); i = next++) {
      const Result<void> imported = import_person(people, people.names[i], options.target, tools);
      if (imported.ok()) continue;
      const std::lock_guard lock(mutex);
      if (!failure) failure = imported.error();
      next = people.names.size();  // nobody begins with another
    }
    {
      const std::lock_guard lock(mutex);
      --running;
    }
    ended.notify_one();
  };
  std::vector<std::thread> threads;
  threads.reserve(options.parallel);
  for (std::size_t i = 0; i < options.parallel; ++i) threads.emplace_back(work);
  std::unique_lock lock(mutex);
  while (!ended.wait_for(lock, look, [&] { return running == 0; })) {
    lock.unlock();
    if (options.progress) options.progress(tools.report.counts(), people.names.size());
    lock.lock();
  }
  lock.unlock();
  for (std::thread& thread : threads) thread.join();
  if (failure) return *failure;
  return {};
}

}  // namespace likeness::importer

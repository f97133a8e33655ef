#include "importer/import_people.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "importer/names.h"
#include "wire/rekognition/create_collection.h"
#include "wire/rekognition/describe_collection.h"

namespace likeness::importer {

namespace {

constexpr std::chrono::milliseconds look = std::chrono::milliseconds(200);

Result<void> prepare_collection(const ImportOptions& options, ApiClient& api) {
  if (options.create_collection) {
    wire::CreateCollectionRequest request;
    request.collection_id = options.target.collection;
    const Result<wire::CreateCollectionResponse> made =
        api.call<wire::CreateCollectionRequest, wire::CreateCollectionResponse>(wire::Operation::create_collection,
                                                                                request);
    if (!made.ok() && made.error().kind != ErrorKind::already_exists) return made.error();
    return {};
  }
  wire::DescribeCollectionRequest request;
  request.collection_id = options.target.collection;
  const Result<wire::DescribeCollectionResponse> found =
      api.call<wire::DescribeCollectionRequest, wire::DescribeCollectionResponse>(wire::Operation::describe_collection,
                                                                                  request);
  if (found.ok()) return {};
  if (found.error().kind != ErrorKind::not_found) return found.error();
  return Error(ErrorKind::not_found, found.error().message + "; --create makes it");
}

Result<void> check_names(const People& people) {
  std::map<std::string, std::string> names;
  for (const std::string& name : people.names) {
    const auto [place, fresh] = names.emplace(user_id_of(name), name);
    if (!fresh) {
      return Error(ErrorKind::already_exists,
                   "the folders '" + place->second + "' and '" + name + "' give the same user id; rename one of them");
    }
  }
  return {};
}

}  // namespace

Result<void> import_people(const People& people, const ImportOptions& options, const Tools& tools) {
  TRY(check_names(people));
  TRY(prepare_collection(options, tools.api));
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

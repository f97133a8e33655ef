// The one writer of the database: calls of many threads become durable together, with one fsync for a group.
//
// A thread of its own takes what waits, runs it in one transaction, each call in a savepoint of its own, and commits.
// While the disk is busy with one group the next one gathers, so a lone caller never waits for company. A call that
// fails leaves the others alone; if the commit fails, all of the group get its error and nothing of theirs is there.
//
// Thread rule: run() may be called from any thread but the writer's own. Ownership: has its connection to itself.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/thread_annotations.h"
#include "store/sqlite/connection.h"

namespace likeness::store {

class Writer {
 public:
  // Reads and changes through the connection. Runs on the writer's thread, while its caller waits.
  using Change = std::function<Result<void>(Connection&)>;

  static constexpr std::size_t most_waiting = 1024;  // calls; more are refused
  static constexpr std::size_t most_in_group = 256;  // calls of one transaction: a bound on what its log takes

  explicit Writer(std::unique_ptr<Connection> connection);
  ~Writer();  // finishes what waits
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Returns when the change is durable or has failed. Errors: those of the change, of Connection, overloaded.
  Result<void> run(const Change& change);

 private:
  struct Call;
  void work();
  void commit(const std::vector<Call*>& group);
  Result<void> commit_changes(const std::vector<Call*>& group);
  Result<void> in_savepoint(const Change& change);

  const std::unique_ptr<Connection> connection_;  // the thread's
  Mutex mutex_;
  std::condition_variable_any arrived_;
  std::condition_variable_any finished_;
  std::deque<Call*> waiting_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace likeness::store

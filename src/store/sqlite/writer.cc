#include "store/sqlite/writer.h"

#include <algorithm>
#include <utility>

namespace likeness::store {

struct Writer::Call {
  const Change& change;
  Result<void> result;
  bool done = false;  // under the mutex
};

Writer::Writer(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), thread_([this] { work(); }) {}

Writer::~Writer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

Result<void> Writer::run(const Change& change) {
  Call call{.change = change, .result = {}};
  MutexLock lock(mutex_);
  if (waiting_.size() >= most_waiting) {
    return Error(ErrorKind::overloaded, "too many changes wait for the disk; try again");
  }
  waiting_.push_back(&call);
  arrived_.notify_one();
  while (!call.done) lock.wait(finished_);
  return std::move(call.result);
}

void Writer::work() {
  std::vector<Call*> group;
  while (true) {
    {
      MutexLock lock(mutex_);
      while (waiting_.empty() && !stopping_) lock.wait(arrived_);
      if (waiting_.empty()) return;
      const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), most_in_group));
      group.assign(waiting_.begin(), end);
      waiting_.erase(waiting_.begin(), end);
    }
    commit(group);
    {
      const MutexLock lock(mutex_);
      for (Call* call : group) call->done = true;
    }
    finished_.notify_all();
  }
}

void Writer::commit(const std::vector<Call*>& group) {
  const Result<void> committed = commit_changes(group);
  if (committed.ok()) return;
  // Also those that failed by themselves: what they saw of the others has not happened.
  for (Call* call : group) call->result = committed.error();
  if (connection_->in_transaction()) (void)connection_->execute("ROLLBACK");
}

Result<void> Writer::commit_changes(const std::vector<Call*>& group) {
  TRY(connection_->run("BEGIN IMMEDIATE", {}));
  for (Call* call : group) {
    call->result = in_savepoint(call->change);
    // After some errors SQLite has rolled the whole transaction back (sqlite.org/lang_transaction.html, "response to
    // errors"): nothing of the group is there.
    if (!connection_->in_transaction())
      return call->result.ok() ? Error(ErrorKind::internal, "a change ended the transaction of its group")
                               : call->result.error();
  }
  TRY(connection_->run("COMMIT", {}));
  return {};
}

Result<void> Writer::in_savepoint(const Change& change) {
  TRY(connection_->run("SAVEPOINT one_call", {}));
  Result<void> result = change(*connection_);
  if (!result.ok() && connection_->in_transaction()) TRY(connection_->run("ROLLBACK TO one_call", {}));
  if (connection_->in_transaction()) TRY(connection_->run("RELEASE one_call", {}));
  return result;
}

}  // namespace likeness::store

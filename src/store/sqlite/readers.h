// A few connections for reading, lent to one call at a time. A reader sees what was durable when its call began, and
// neither waits for the writer nor holds it up.
//
// Thread rule: read() may be called from any thread. Ownership: owns its connections.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/thread_annotations.h"
#include "store/sqlite/connection.h"

namespace likeness::store {

class Readers {
 public:
  explicit Readers(std::vector<std::unique_ptr<Connection>> connections) : free_(std::move(connections)) {}

  // Runs `call` on one state of the database. Waits for a connection if all are lent: they are never lent for longer
  // than a page of records takes.
  template <typename T, typename Call>
  Result<T> read(const Call& call) {
    const Loan loan(*this);
    TRY(loan.connection().run("BEGIN", {}));
    Result<T> result = call(loan.connection());
    // Nothing was changed, so the end cannot lose anything; it also ends a transaction that an error has broken off.
    if (loan.connection().in_transaction()) (void)loan.connection().run("ROLLBACK", {});
    return result;
  }

 private:
  class Loan {
   public:
    explicit Loan(Readers& readers) : readers_(readers), connection_(readers.take()) {}
    ~Loan() { readers_.give_back(std::move(connection_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    [[nodiscard]] Connection& connection() const { return *connection_; }

   private:
    Readers& readers_;
    std::unique_ptr<Connection> connection_;
  };

  [[nodiscard]] std::unique_ptr<Connection> take();
  void give_back(std::unique_ptr<Connection> connection);

  Mutex mutex_;
  std::condition_variable_any returned_;
  std::vector<std::unique_ptr<Connection>> free_ GUARDED_BY(mutex_);
};

}  // namespace likeness::store

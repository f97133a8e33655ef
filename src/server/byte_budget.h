// How many bytes of request bodies the process holds at once: admission is by bytes, because a request can be a
// hundred bytes or sixteen million.
//
// Thread rule: a ByteBudget may be used from any thread. A Reservation is used by one thread at a time.
// Ownership: a ByteBudget outlives its reservations.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/metrics.h"

namespace likeness::server {

class ByteBudget {
 public:
  // A part of the budget, given back by the destructor.
  class Reservation {
   public:
    explicit Reservation(ByteBudget& budget) : budget_(&budget) {}
    ~Reservation() { release(); }
    Reservation(Reservation&& other) noexcept;
    Reservation& operator=(Reservation&&) = delete;

    // Holds at least `bytes` from now on. False, with what was held still held, if the budget has not enough left.
    [[nodiscard]] bool grow_to(std::uint64_t bytes);
    void release();

   private:
    ByteBudget* budget_;
    std::uint64_t held_ = 0;  // bytes
  };

  // `used` shows what is held.
  ByteBudget(std::uint64_t bytes, Gauge used) : limit_(bytes), gauge_(used) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  // Whether `bytes` more could be had now. Another may take them before: for refusing early, not for promising.
  [[nodiscard]] bool has(std::uint64_t bytes) const { return bytes <= limit_ - used(); }
  // Bytes held by all reservations.
  [[nodiscard]] std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] bool take(std::uint64_t bytes);
  void give_back(std::uint64_t bytes);

  const std::uint64_t limit_;
  std::atomic<std::uint64_t> used_ = 0;  // a count that orders nothing else
  Gauge gauge_;
};

}  // namespace likeness::server

#include "server/byte_budget.h"

#include <utility>

namespace likeness::server {

ByteBudget::Reservation::Reservation(Reservation&& other) noexcept
    : budget_(other.budget_), held_(std::exchange(other.held_, 0)) {}

bool ByteBudget::Reservation::grow_to(std::uint64_t bytes) {
  if (bytes <= held_) return true;
  if (!budget_->take(bytes - held_)) return false;
  held_ = bytes;
  return true;
}

void ByteBudget::Reservation::release() {
  if (held_ > 0) budget_->give_back(std::exchange(held_, 0));
}

bool ByteBudget::take(std::uint64_t bytes) {
  std::uint64_t used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_ - used) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  gauge_.add(static_cast<double>(bytes));
  return true;
}

void ByteBudget::give_back(std::uint64_t bytes) {
  used_.fetch_sub(bytes, std::memory_order_relaxed);
  gauge_.add(-static_cast<double>(bytes));
}

}  // namespace likeness::server

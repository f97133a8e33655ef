#include "api/rate_limiter.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/error_table.h"

namespace likeness::api {

namespace {

// Of a bucket whose limit is off, which nobody asks.
constexpr double any_rate = 1;

TokenBucket make_bucket(double rate, double burst_seconds, Time now) {
  const double used = rate > 0 ? rate : any_rate;
  return {used, std::max(1.0, used * burst_seconds), now};
}

}  // namespace

double TokenBucket::tokens_at(Time now) const {
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - filled_).count());
  return std::min(size_, tokens_ + seconds * rate_);
}

bool TokenBucket::has(double cost, Time now) {
  tokens_ = tokens_at(now);
  filled_ = now;
  return tokens_ >= std::min(cost, size_);
}

void TokenBucket::take(double cost) { tokens_ -= std::min(cost, size_); }

bool TokenBucket::full(Time now) const { return tokens_at(now) >= size_; }

RateLimiter::RateLimiter(const RateLimits& limits, const Clock& clock)
    : limits_(limits),
      clock_(clock),
      crowded_(make_bucket(limits.per_key, limits.burst_seconds, clock.now())),
      global_(make_bucket(limits.global, limits.burst_seconds, clock.now())) {}

std::optional<Response> RateLimiter::check(std::string_view key, double cost) { return look(key, cost, false); }

std::optional<Response> RateLimiter::take(std::string_view key, double cost) { return look(key, cost, true); }

std::size_t RateLimiter::keys() const {
  const MutexLock lock(mutex_);
  return by_key_.size();
}

std::optional<Response> RateLimiter::look(std::string_view key, double cost, bool pay) {
  if (limits_.per_key <= 0 && limits_.global <= 0) return std::nullopt;
  const Time now = clock_.now();
  const MutexLock lock(mutex_);
  TokenBucket* const of_key = limits_.per_key > 0 ? &bucket_of(key, now) : nullptr;
  if (of_key != nullptr && !of_key->has(cost, now)) {
    return error_response(error_row(Failure::key_rate_exceeded), "Rate exceeded");
  }
  if (limits_.global > 0 && !global_.has(cost, now)) {
    return error_response(error_row(Failure::global_rate_exceeded), "Provisioned Rate exceeded.");
  }
  if (pay && of_key != nullptr) of_key->take(cost);
  if (pay && limits_.global > 0) global_.take(cost);
  return std::nullopt;
}

TokenBucket& RateLimiter::bucket_of(std::string_view key, Time now) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) return found->second;
  if (by_key_.size() >= limits_.max_keys) {
    std::erase_if(by_key_, [&](const auto& entry) { return entry.second.full(now); });
    if (by_key_.size() >= limits_.max_keys) return crowded_;
  }
  return by_key_.emplace(key, make_bucket(limits_.per_key, limits_.burst_seconds, now)).first->second;
}

}  // namespace likeness::api

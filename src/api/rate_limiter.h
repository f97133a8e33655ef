// How many requests a second a key, and all keys together, may send: token buckets.
//
// A bucket fills at its rate up to a burst of `burst_seconds` worth, one request at least, and a request takes its
// cost. Requests are looked at twice. Before the body is read, check() refuses what has no tokens left and takes
// nothing: at that moment a request is only somebody's word, and a stranger who knows a key's id, which is no secret,
// must not use up the key's rate. When the signature was verified, take() pays, or refuses what others have taken
// meanwhile.
//
// Off by default: a server of one's own has no bill to protect, and what it can do is bounded by its queue
// (docs/limits.md).
//
// Memory: one bucket for each key that is known and has sent something lately. A bucket that is full again is like
// none, and is forgotten when room is needed; past `max_keys` busy ones, keys without a bucket share one.
//
// Thread rule: all methods may be called from any thread. Ownership: the clock outlives it.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/http.h"
#include "base/thread_annotations.h"
#include "base/time.h"

namespace likeness::api {

struct RateLimits {
  double per_key = 0;        // requests a second; 0: no limit
  double global = 0;         // of all keys together; 0: no limit
  double burst_seconds = 1;  // > 0
  std::size_t max_keys = 100'000;
};

// One bucket, without a lock and with the time from outside.
//
// Thread rule: thread-compatible.
class TokenBucket {
 public:
  // Full at `now`. `rate` > 0 tokens a second, `size` >= 1 tokens.
  TokenBucket(double rate, double size, Time now) : rate_(rate), size_(size), tokens_(size), filled_(now) {}

  // A cost above the bucket's size counts as its size. A clock that was set back fills nothing and takes nothing.
  [[nodiscard]] bool has(double cost, Time now);
  void take(double cost);
  [[nodiscard]] bool full(Time now) const;

 private:
  [[nodiscard]] double tokens_at(Time now) const;

  double rate_;
  double size_;
  double tokens_;
  Time filled_;
};

class RateLimiter {
 public:
  RateLimiter(const RateLimits& limits, const Clock& clock);

  // What refuses a request of this key, if it is too much: ThrottlingException for the key's rate,
  // ProvisionedThroughputExceededException for the rate of all. `key` must be known: memory is kept for it.
  [[nodiscard]] std::optional<Response> check(std::string_view key, double cost = 1);
  // The same, and pays if it is not refused.
  [[nodiscard]] std::optional<Response> take(std::string_view key, double cost = 1);

  // Keys that memory is kept for.
  [[nodiscard]] std::size_t keys() const;

 private:
  [[nodiscard]] std::optional<Response> look(std::string_view key, double cost, bool pay);
  [[nodiscard]] TokenBucket& bucket_of(std::string_view key, Time now) REQUIRES(mutex_);

  const RateLimits limits_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<std::string, TokenBucket, std::less<>> by_key_ GUARDED_BY(mutex_);
  TokenBucket crowded_ GUARDED_BY(mutex_);  // of the keys for which there is no room
  TokenBucket global_ GUARDED_BY(mutex_);
};

}  // namespace likeness::api

// Until when a client must have sent how much of a body.
//
// Two rules, the earlier of their deadlines counts:
//  - as a whole, a body has a fixed time and, on top, the time that its bytes take on a slow line. With the defaults
//    (30 s and 32 KiB/s) 14 MB, the largest legal request, may take 457 s, half of the 15 minutes that a signature
//    lives;
//  - on the way, the average since the start must not fall below a minimum once a grace has passed (10 s, 4 KiB/s): who
//    sends a byte now and then is sent away after seconds, not minutes.
// The fixed times forgive a stall; the rates bound what a client that means harm can hold with little effort.
//
// Thread rule: plain values.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace likeness::server {

struct BodyPaceOptions {
  std::chrono::milliseconds deadline = std::chrono::seconds(30);  // for a body without bytes, as a whole
  std::uint64_t deadline_rate = std::uint64_t{32} * 1024;         // bytes a second that are added to it; >= 1
  std::chrono::milliseconds grace = std::chrono::seconds(10);     // before the average counts
  std::uint64_t min_rate = std::uint64_t{4} * 1024;               // bytes a second; >= 1
};

class BodyPace {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `expected` bytes: what the client declared, or the most that it may send.
  BodyPace(const BodyPaceOptions& options, std::uint64_t expected, TimePoint start)
      : options_(options),
        start_(start),
        whole_(start + options.deadline + time_for(expected, options.deadline_rate)) {}

  // When to give up if no more than the `received` bytes have come.
  [[nodiscard]] TimePoint deadline(std::uint64_t received) const {
    return std::min(whole_, start_ + options_.grace + time_for(received, options_.min_rate));
  }

 private:
  // At most a year, which a clock of nanoseconds can add to any time of ours.
  static std::chrono::milliseconds time_for(std::uint64_t bytes, std::uint64_t rate) {
    constexpr std::uint64_t year = std::uint64_t{365} * 24 * 3600 * 1000;
    constexpr std::uint64_t most = std::uint64_t{1} << 53U;  // bytes; times 1000 it fits in 64 bits
    return std::chrono::milliseconds(std::min(std::min(bytes, most) * 1000 / rate, year));
  }

  const BodyPaceOptions options_;
  const TimePoint start_;
  const TimePoint whole_;
};

}  // namespace likeness::server

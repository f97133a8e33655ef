// Time: one type, one unit, one way to ask for it.
//
// A Time is microseconds since 1970-01-01T00:00:00Z. Code that needs the time takes a Clock, so that tests
// decide what time it is; only main() makes a SystemClock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace likeness {

using Micros = std::chrono::microseconds;
using Time = std::chrono::sys_time<Micros>;

// Thread rule: implementations may be called from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  // Wall-clock time; may be set back by the operator.
  [[nodiscard]] virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override;
};

// Stands still until it is told otherwise. For tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : micros_(start.time_since_epoch().count()) {}
  [[nodiscard]] Time now() const override { return Time(Micros(micros_.load())); }
  void set(Time time) { micros_.store(time.time_since_epoch().count()); }
  void advance(Micros by) { micros_.fetch_add(by.count()); }

 private:
  std::atomic<std::int64_t> micros_;
};

// "20260203T040506Z" (ISO 8601 basic, whole seconds, UTC), as SigV4 writes it. Parsing accepts exactly this form.
[[nodiscard]] std::string format_iso8601_basic(Time time);
[[nodiscard]] std::optional<Time> parse_iso8601_basic(std::string_view text);

// "2026-02-03T04:05:06.789012Z", as the logs write it.
[[nodiscard]] std::string format_rfc3339(Time time);

}  // namespace likeness

// What a listener counts, by the names that Prometheus sees. All carry the label `listener`.
//
// Thread rule: all methods may be called from any thread.
// Ownership: keeps a reference; `metrics` outlives it.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "api/http.h"
#include "base/metrics.h"
#include "base/thread_annotations.h"

namespace likeness::server {

// Why a request was answered without being handled.
enum class Refusal { body_budget, queue, body_too_large, malformed, service };
// Why a request or a connection ended without an answer.
enum class Abandonment { head_deadline, body_deadline, write_failed, client_gone, drain_limit };

[[nodiscard]] const char* refusal_name(Refusal refusal);
[[nodiscard]] const char* abandonment_name(Abandonment abandonment);

class ServerMetrics {
 public:
  ServerMetrics(Metrics& metrics, std::string listener);
  ServerMetrics(const ServerMetrics&) = delete;
  ServerMetrics& operator=(const ServerMetrics&) = delete;

  // An answer was written; `seconds` lie between the first byte of the request and the last one of the answer.
  void answered(const api::Response& response, double seconds);
  void refused(Refusal refusal);
  void abandoned(Abandonment abandonment);
  // A compute thread took a request that had waited this long.
  void dequeued(double seconds_waited);

  Gauge connections;      // open ones
  Gauge in_flight;        // requests whose head was read and that are not answered
  Gauge body_bytes;       // bytes that request bodies hold of the budget
  Counter evicted;        // idle connections closed to make room for new ones
  Counter accept_errors;  // for example no file descriptor left

 private:
  std::array<Counter, 5> answers_;  // by class of status: 1xx to 5xx
  std::array<Counter, 5> refusals_;
  std::array<Counter, 5> abandonments_;
  Histogram answer_seconds_;
  Histogram queue_seconds_;

  Metrics& metrics_;
  const std::string listener_;
  Mutex mutex_;
  // By operation and error label, made when first seen: both are closed sets of constants (api/http.h).
  std::map<std::pair<std::string_view, std::string_view>, Counter> operations_ GUARDED_BY(mutex_);
};

}  // namespace likeness::server

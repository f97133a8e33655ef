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
enum class Refusal {
  body_budget,       // too many bytes of bodies are held
  queue,             // the pool's queue is full
  expected_wait,     // what waits before it takes too long
  overdue,           // it has waited too long
  peer_connections,  // its address has too many connections
  body_too_large,
  slow_head,
  slow_body,
  malformed,
  service,  // HttpService::admit()
};
// Why a request or a connection ended without an answer.
enum class Abandonment {
  write_failed,  // or it was too slow
  client_gone,
  drain_limit,       // the answer was sent, but the rest of the body took too long or too many bytes
  peer_connections,  // its address has far too many connections
};
// What became of a TLS handshake.
enum class Handshake {
  done,
  failed,      // not TLS, an old version, no common cipher, our certificate refused
  plain_http,  // answered, in the clear
  deadline,
};

[[nodiscard]] const char* refusal_name(Refusal refusal);
[[nodiscard]] const char* abandonment_name(Abandonment abandonment);
[[nodiscard]] const char* handshake_name(Handshake handshake);

class ServerMetrics {
 public:
  ServerMetrics(Metrics& metrics, std::string listener);
  ServerMetrics(const ServerMetrics&) = delete;
  ServerMetrics& operator=(const ServerMetrics&) = delete;

  // An answer was written; `seconds` lie between the first byte of the request and the last one of the answer.
  void answered(const api::Response& response, double seconds);
  void refused(Refusal refusal);
  void abandoned(Abandonment abandonment);
  void shook_hands(Handshake handshake);
  // A compute thread took a request that had waited this long.
  void dequeued(double seconds_waited);

  Gauge connections;      // open ones
  Gauge in_flight;        // requests whose head was read and that are not answered
  Gauge body_bytes;       // bytes that request bodies hold of the budget
  Counter evicted;        // idle connections closed to make room for new ones
  Counter accept_errors;  // for example no file descriptor left
  Gauge certificate_end;  // of the TLS certificate's life, seconds since 1970; 0 without TLS

 private:
  std::array<Counter, 5> answers_;  // by class of status: 1xx to 5xx
  std::array<Counter, 10> refusals_;
  std::array<Counter, 4> abandonments_;
  std::array<Counter, 4> handshakes_;
  Histogram answer_seconds_;
  Histogram queue_seconds_;

  Metrics& metrics_;
  const std::string listener_;
  Mutex mutex_;
  // By operation and error label, made when first seen: both are closed sets of constants (api/http.h).
  std::map<std::pair<std::string_view, std::string_view>, Counter> operations_ GUARDED_BY(mutex_);
};

}  // namespace likeness::server

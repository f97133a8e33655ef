#include "server/server_metrics.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace likeness::server {

namespace {

// Seconds: from an answer without a picture to one that waited for a full queue.
std::vector<double> time_buckets() { return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}; }

// One counter for each value of an enumeration, from 0.
template <typename Enumeration, std::size_t... values>
std::array<Counter, sizeof...(values)> counters_by_reason(Metrics& metrics, const std::string& name,
                                                          const std::string& help, const std::string& listener,
                                                          const char* (*name_of)(Enumeration),
                                                          std::index_sequence<values...> /*all*/) {
  return {
      metrics.counter(name, help, {{"listener", listener}, {"reason", name_of(static_cast<Enumeration>(values))}})...};
}

std::array<Counter, 5> counters_by_class(Metrics& metrics, const std::string& listener) {
  const auto counter = [&](const char* status_class) {
    return metrics.counter("likeness_http_requests_total", "Requests answered, by class of status.",
                           {{"listener", listener}, {"class", status_class}});
  };
  return {counter("1xx"), counter("2xx"), counter("3xx"), counter("4xx"), counter("5xx")};
}

}  // namespace

const char* refusal_name(Refusal refusal) {
  switch (refusal) {
    case Refusal::body_budget: return "body_budget";
    case Refusal::queue: return "queue";
    case Refusal::expected_wait: return "expected_wait";
    case Refusal::overdue: return "overdue";
    case Refusal::peer_connections: return "peer_connections";
    case Refusal::body_too_large: return "body_too_large";
    case Refusal::slow_head: return "slow_head";
    case Refusal::slow_body: return "slow_body";
    case Refusal::malformed: return "malformed";
    case Refusal::service: return "service";
  }
  return "unknown";
}

const char* abandonment_name(Abandonment abandonment) {
  switch (abandonment) {
    case Abandonment::write_failed: return "write_failed";
    case Abandonment::client_gone: return "client_gone";
    case Abandonment::drain_limit: return "drain_limit";
    case Abandonment::peer_connections: return "peer_connections";
  }
  return "unknown";
}

const char* handshake_name(Handshake handshake) {
  switch (handshake) {
    case Handshake::done: return "done";
    case Handshake::failed: return "failed";
    case Handshake::plain_http: return "plain_http";
    case Handshake::deadline: return "deadline";
  }
  return "unknown";
}

ServerMetrics::ServerMetrics(Metrics& metrics, std::string listener)
    : connections(metrics.gauge("likeness_http_connections", "Open connections.", {{"listener", listener}})),
      in_flight(
          metrics.gauge("likeness_http_in_flight", "Requests that are not answered yet.", {{"listener", listener}})),
      body_bytes(metrics.gauge("likeness_http_body_bytes", "Bytes that request bodies hold of the budget.",
                               {{"listener", listener}})),
      evicted(metrics.counter("likeness_http_evicted_total", "Idle connections closed to make room.",
                              {{"listener", listener}})),
      accept_errors(metrics.counter("likeness_http_accept_errors_total", "Connections that could not be accepted.",
                                    {{"listener", listener}})),
      certificate_end(metrics.gauge("likeness_tls_certificate_end_seconds",
                                    "When the TLS certificate ends, seconds since 1970; 0 without TLS.",
                                    {{"listener", listener}})),
      answers_(counters_by_class(metrics, listener)),
      refusals_(counters_by_reason(metrics, "likeness_http_refused_total", "Requests answered without being handled.",
                                   listener, refusal_name, std::make_index_sequence<10>())),
      abandonments_(counters_by_reason(metrics, "likeness_http_abandoned_total", "Requests that got no answer.",
                                       listener, abandonment_name, std::make_index_sequence<4>())),
      handshakes_(counters_by_reason(metrics, "likeness_tls_handshakes_total",
                                     "TLS handshakes, by what became of them.", listener, handshake_name,
                                     std::make_index_sequence<4>())),
      answer_seconds_(metrics.histogram("likeness_http_answer_seconds",
                                        "From the first byte of a request to the last one of its answer.",
                                        {{"listener", listener}}, time_buckets())),
      queue_seconds_(metrics.histogram("likeness_http_queue_seconds", "Waiting for a compute thread.",
                                       {{"listener", listener}}, time_buckets())),
      metrics_(metrics),
      listener_(std::move(listener)) {}

void ServerMetrics::answered(const api::Response& response, double seconds) {
  answers_[static_cast<std::size_t>(std::clamp(response.status / 100, 1, 5) - 1)].add();
  answer_seconds_.observe(seconds);
  const auto key = std::pair(response.operation, response.error_label);
  const MutexLock lock(mutex_);
  auto found = operations_.find(key);
  if (found == operations_.end()) {
    const Labels labels = {{"listener", listener_},
                           {"operation", std::string(response.operation)},
                           {"error", std::string(response.error_label)}};
    const Counter counter =
        metrics_.counter("likeness_operations_total", "Requests answered, by operation and kind of error.", labels);
    found = operations_.emplace(key, counter).first;
  }
  found->second.add();
}

void ServerMetrics::refused(Refusal refusal) { refusals_[static_cast<std::size_t>(refusal)].add(); }

void ServerMetrics::abandoned(Abandonment abandonment) { abandonments_[static_cast<std::size_t>(abandonment)].add(); }

void ServerMetrics::shook_hands(Handshake handshake) { handshakes_[static_cast<std::size_t>(handshake)].add(); }

void ServerMetrics::dequeued(double seconds_waited) { queue_seconds_.observe(seconds_waited); }

}  // namespace likeness::server

// GET /metrics for Prometheus, and nothing else. Served by an HttpServer of its own, so that the numbers are there
// when the API's listener is full, and so that the API's port does not show them.
//
// Thread rule: all methods may be called from any thread.
// Ownership: keeps a reference; `metrics` outlives it.
#pragma once

#include <optional>
#include <string>

#include "api/http.h"
#include "base/metrics.h"

namespace likeness::server {

class MetricsService final : public api::HttpService {
 public:
  explicit MetricsService(const Metrics& metrics) : metrics_(metrics) {}

  // Answers every request: writing the numbers takes microseconds, and needs no body and no compute thread.
  [[nodiscard]] std::optional<api::Response> admit(const api::RequestHead& head) override;
  [[nodiscard]] api::Response handle(const api::RequestHead& head, std::string body) override;
  [[nodiscard]] api::Response refuse(const api::RequestHead& head, const Error& error) override;
  [[nodiscard]] bool ready() const override { return true; }

 private:
  const Metrics& metrics_;
};

}  // namespace likeness::server

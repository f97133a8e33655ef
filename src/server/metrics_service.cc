#include "server/metrics_service.h"

#include <utility>

namespace likeness::server {

namespace {

api::Response plain_text(int status, std::string body) {
  api::Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

}  // namespace

std::optional<api::Response> MetricsService::admit(const api::RequestHead& head) {
  if (head.target != "/metrics") return plain_text(404, "see /metrics\n");
  if (head.method != "GET" && head.method != "HEAD") return plain_text(405, "only GET\n");
  api::Response response = plain_text(200, metrics_.text());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";  // Prometheus text format
  return response;
}

api::Response MetricsService::handle(const api::RequestHead& /*head*/, std::string /*body*/) {
  return plain_text(500, "admit() answers all\n");
}

api::Response MetricsService::refuse(const api::RequestHead& /*head*/, const Error& error) {
  return plain_text(error.kind == ErrorKind::overloaded ? 503 : 400, error.message + "\n");
}

}  // namespace likeness::server

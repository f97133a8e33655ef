// Amazon Rekognition behind a socket: authenticates a request, finds its operation, asks whether its sender may, runs
// it, answers. Every answer carries X-Amzn-Trace-Id, the client's or a fresh one.
//
// Thread rule: as HttpService. Collaborators must outlive it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/audit_log.h"
#include "api/authenticator.h"
#include "api/authorization.h"
#include "api/caller.h"
#include "api/http.h"
#include "api/rate_limiter.h"
#include "api/services.h"
#include "base/metrics.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

class RekognitionService final : public HttpService {
 public:
  // `audit` may be null: then nothing is recorded. Without `rates` there is no limit to them.
  RekognitionService(const Services& services, const Authenticator& authenticator, const Authorizer& authorizer,
                     Metrics& metrics, AuditLog* audit = nullptr, RateLimiter* rates = nullptr);

  [[nodiscard]] std::optional<Response> admit(const RequestHead& head) override;
  [[nodiscard]] Response handle(const RequestHead& head, std::string body) override;
  [[nodiscard]] Response refuse(const RequestHead& head, const Error& error) override;
  [[nodiscard]] bool ready() const override { return true; }  // it is made when everything it needs is

 private:
  [[nodiscard]] Response answer(const RequestHead& head, std::string_view body) const;
  // Runs an operation whose caller is proven, and leaves a record of it.
  [[nodiscard]] Response run_recorded(const RequestHead& head, const Caller& caller, wire::Operation operation,
                                      std::string_view body) const;
  // The same response, counted and named for the log.
  [[nodiscard]] Response counted(const RequestHead& head, Response response) const;

  const Services services_;
  const Authenticator& authenticator_;
  const Authorizer& authorizer_;
  Metrics& metrics_;
  AuditLog* const audit_;
  RateLimiter* const rates_;
};

}  // namespace likeness::api

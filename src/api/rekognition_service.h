// Amazon Rekognition behind a socket: authenticates a request, finds its operation, runs it, answers.
//
// Thread rule: as HttpService. Collaborators must outlive it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/authenticator.h"
#include "api/http.h"
#include "api/rate_limiter.h"
#include "api/services.h"
#include "base/metrics.h"

namespace likeness::api {

class RekognitionService final : public HttpService {
 public:
  // Without `rates` there is no limit to them.
  RekognitionService(const Services& services, const Authenticator& authenticator, Metrics& metrics,
                     RateLimiter* rates = nullptr);

  [[nodiscard]] std::optional<Response> admit(const RequestHead& head) override;
  [[nodiscard]] Response handle(const RequestHead& head, std::string body) override;
  [[nodiscard]] Response refuse(const RequestHead& head, const Error& error) override;
  [[nodiscard]] bool ready() const override { return true; }  // it is made when everything it needs is

 private:
  [[nodiscard]] Response answer(const RequestHead& head, std::string_view body) const;
  // The same response, counted and named for the log.
  [[nodiscard]] Response counted(const RequestHead& head, Response response) const;

  const Services services_;
  const Authenticator& authenticator_;
  Metrics& metrics_;
  RateLimiter* const rates_;
};

}  // namespace likeness::api

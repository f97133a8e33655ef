// Requests to a server, signed (SigV4) and sent over HTTP or HTTPS.
//
// Thread rule: as Transport. Ownership: the clock and the pacer must outlive it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "importer/api_client.h"
#include "remote/http_client.h"
#include "sigv4/sign.h"

namespace likeness::importer {

struct Endpoint {
  std::string url;  // "http://127.0.0.1:8080", without a path
  std::string region;
  std::string ca_file;  // PEM; empty: the system's authorities
  sigv4::Credentials credentials;
};

class HttpTransport final : public Transport {
 public:
  // Errors: invalid_argument (the URL), unavailable (the CA file).
  [[nodiscard]] static Result<std::unique_ptr<HttpTransport>> create(Endpoint endpoint, const Clock& clock,
                                                                     remote::Pacer& pacer);
  [[nodiscard]] Result<Reply> send(wire::Operation operation, const std::string& body) override;

 private:
  HttpTransport(Endpoint endpoint, std::string host, std::unique_ptr<remote::HttpClient> client, const Clock& clock)
      : endpoint_(std::move(endpoint)), host_(std::move(host)), client_(std::move(client)), clock_(clock) {}

  const Endpoint endpoint_;
  const std::string host_;  // with its port, as in Host
  const std::unique_ptr<remote::HttpClient> client_;
  const Clock& clock_;
};

}  // namespace likeness::importer

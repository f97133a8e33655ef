// Outgoing HTTP/1.1 and HTTPS, over libcurl, for what an operator configured: never for a URL that a caller supplies.
//
//  - http and https only. Redirects are an answer like any other and are not followed. Proxies, passwords and cookies
//    of the environment are not used. TLS 1.2 or newer, certificate and name verified.
//  - The AddressPolicy is asked about each address at the moment a socket is made for it.
//  - A body goes to a sink as it comes and is counted; its announced length is compared with the limit before the
//    first byte. Bodies are not decompressed, so a small answer cannot become a large one.
//  - A time-out for connecting, one for a transfer that stands still, and one deadline over everything, retries
//  included.
//  - An answer of 429, 500, 502, 503 or 504, and no answer, is tried again after a pause that doubles and is drawn by
//    chance ("full jitter": AWS Architecture Blog, "Exponential Backoff And Jitter"). Every request must therefore be
//    one that may be sent twice. An answer whose body has begun is tried again only if the sink can start over.
//  - Connections are kept and used again, whichever thread asks.
//
// Thread rule: send() may be called from any thread, at the same time; it blocks. Ownership: keeps a reference to the
// pacer, which must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "remote/address_policy.h"
#include "remote/pacer.h"
#include "remote/sink.h"

namespace likeness::remote {

struct HttpClientOptions {
  std::string ca_file = {};  // PEM; empty: the system's authorities
  Micros connect_timeout = std::chrono::seconds(3);
  std::uint64_t slowest = 4096;                    // bytes a second; slower than this for stall_timeout ends an attempt
  Micros stall_timeout = std::chrono::seconds(5);  // whole seconds
  int attempts = 3;                                // >= 1, the first included
  Micros first_pause = std::chrono::milliseconds(100);  // longest pause before the second attempt; doubles
  Micros longest_pause = std::chrono::seconds(2);
  std::size_t max_head_bytes = std::size_t{32} * 1024;  // of an answer's head, interim answers included
  std::size_t max_idle_connections = 16;
};

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method;                    // "GET", "HEAD", "PUT" or "POST"
  std::string url;                       // sent as it is: percent-encoded by the caller
  std::vector<HttpHeader> headers = {};  // Host included if it is signed; no control characters
  ByteSpan body = {};                    // of a PUT or POST
};

[[nodiscard]] inline bool has_body(const HttpRequest& request) {
  return request.method == "PUT" || request.method == "POST";
}

// How much of a body is taken and how long everything may last.
struct TransferLimits {
  std::uint64_t max_bytes = 0;
  ErrorKind too_large = ErrorKind::image_too_large;  // the kind of the error for a larger body
  Micros deadline = std::chrono::seconds(10);
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;  // names in lower case
  std::string refusal;              // the first 4 KiB of the body if the status is not 2xx; a 2xx body is in the sink
  std::uint64_t body_bytes = 0;     // given to the sink
  int attempts = 1;

  // The first header of that name, or empty. `lower_name` is lower case.
  [[nodiscard]] std::string_view header(std::string_view lower_name) const;
  // Of Content-Length. Empty if there is none or it is no number.
  [[nodiscard]] std::optional<std::uint64_t> content_length() const;
};

class HttpClient {
 public:
  // Errors: invalid_argument (an option is out of its range), unavailable (the CA file cannot be read).
  [[nodiscard]] static Result<std::unique_ptr<HttpClient>> create(const HttpClientOptions& options,
                                                                  AddressPolicy addresses, Pacer& pacer);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Any status is a response, also one that was still 503 in the last attempt. Errors: `limits.too_large`, those of the
  // sink, overloaded (no memory), unavailable (no answer, an address that is not allowed, a certificate that does not
  // verify, a broken answer; the message is for the operator's log).
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, Sink& sink, const TransferLimits& limits);

 private:
  class Connections;
  HttpClient(const HttpClientOptions& options, AddressPolicy addresses, Pacer& pacer,
             std::unique_ptr<Connections> connections);
  [[nodiscard]] Micros pause_before(int attempt);

  const HttpClientOptions options_;
  const AddressPolicy addresses_;
  Pacer& pacer_;
  const std::unique_ptr<Connections> connections_;  // provides its own synchronisation
};

}  // namespace likeness::remote

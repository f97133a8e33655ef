// The API as the importer sees it: an ordinary client, whose requests and answers are the generated types.
//
// Thread rule: call() may be called from any thread, at the same time. Ownership: the transport and the pacer must
// outlive the client.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "base/result.h"
#include "remote/pacer.h"
#include "wire/message.h"
#include "wire/rekognition/operations.h"

namespace likeness::importer {

struct Reply {
  int status = 0;
  std::string body;
};

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;
  // Any status is a reply. Errors: unavailable (no answer).
  [[nodiscard]] virtual Result<Reply> send(wire::Operation operation, const std::string& body) = 0;
};

class ApiClient {
 public:
  // What asks for patience, and no answer from a server that has answered before, is tried again for this long, with
  // pauses that double and are drawn by chance (AWS Architecture Blog, "Exponential Backoff And Jitter").
  static constexpr Micros patience = std::chrono::minutes(2);
  static constexpr Micros first_pause = std::chrono::milliseconds(200);
  static constexpr Micros longest_pause = std::chrono::seconds(10);

  ApiClient(Transport& transport, remote::Pacer& pacer) : transport_(transport), pacer_(pacer) {}

  // The server's error, with its message, as the kind that says what to do: not_found, already_exists, access_denied,
  // invalid_image, image_too_large, service_quota, invalid_argument; unavailable (no answer, and patience is at its
  // end, or there was never one), malformed (an answer that is none).
  template <wire::Message Request, wire::Message Response>
  [[nodiscard]] Result<Response> call(wire::Operation operation, const Request& request) {
    const std::string body = TRY(exchange(operation, wire::to_json(request)));
    return wire::parse<Response>(body);
  }

 private:
  [[nodiscard]] Result<std::string> exchange(wire::Operation operation, const std::string& body);

  Transport& transport_;
  remote::Pacer& pacer_;
  std::atomic<bool> has_answered_ = false;
};

}  // namespace likeness::importer

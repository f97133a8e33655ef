// What the server room and the api room say to each other: requests, responses, and the service behind the socket.
// No socket, no TLS and no HTTP library here.
//
// Thread rule: plain values; see HttpService for its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/work_order.h"

namespace likeness::api {

// The id that follows a piece of work through services, in requests and answers (server/trace_id.h).
inline constexpr std::string_view trace_header = "X-Amzn-Trace-Id";

struct Header {
  std::string name;   // as the client wrote it
  std::string value;  // without surrounding white space
};

struct RequestHead {
  std::string request_id;  // UUID, made by the server; also the x-amzn-RequestId of the response
  std::string trace_id{};  // value of X-Amzn-Trace-Id: what the client sent or a fresh one; for records and calls
  std::string peer;        // address of the client, for logs
  bool secure = false;     // it came over TLS
  std::string method;      // "POST"
  std::string target;      // path and query as on the request line
  std::vector<Header> headers;

  // The first header of that name (case does not matter), or empty.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/x-amz-json-1.1";
  std::string body;
  // For the log and the metrics: which operation, and which kind of error (empty if all is well). Names from closed
  // sets, pointing to constants.
  std::string_view operation = "none";
  std::string_view error_label;
  // For the log alone: what went wrong inside the server, which the client is not told (status 500). No secrets and
  // nothing of the body.
  std::string cause;
  std::vector<Header> headers;  // besides content-type, content-length and x-amzn-RequestId, which the server writes
};

// Thread rule: all methods may be called from any thread, at the same time.
class HttpService {
 public:
  virtual ~HttpService() = default;
  // On an I/O thread when the head is there and before the body is read; must be quick. A Response refuses the request.
  [[nodiscard]] virtual std::optional<Response> admit(const RequestHead& head) = 0;
  // In which of the pool's queues the request waits for a compute thread. On an I/O thread, after admit(); must be
  // quick.
  [[nodiscard]] virtual WorkClass work_class(const RequestHead& /*head*/) const { return WorkClass::interactive; }
  // On a compute thread, with the whole body.
  [[nodiscard]] virtual Response handle(const RequestHead& head, std::string body) = 0;
  // The answer to what the server itself refuses: overloaded (a queue, the byte budget or a cap on connections is full,
  // or the client sends too slowly), image_too_large (body over the limit), malformed (no HTTP). On an I/O thread;
  // must be quick. If the head did not arrive whole, it holds what did.
  [[nodiscard]] virtual Response refuse(const RequestHead& head, const Error& error) = 0;
  // Whether models are loaded and the service answers: /readyz.
  [[nodiscard]] virtual bool ready() const = 0;
};

}  // namespace likeness::api

#include "importer/api_client.h"

#include <algorithm>
#include <utility>

#include "api/error_reply.h"

namespace likeness::importer {

namespace {

constexpr int ok = 200;

// Later may help.
bool asks_for_patience(ErrorKind kind) {
  return kind == ErrorKind::overloaded || kind == ErrorKind::rate_exceeded || kind == ErrorKind::unavailable ||
         kind == ErrorKind::resource_in_use || kind == ErrorKind::resource_not_ready;
}

}  // namespace

Result<std::string> ApiClient::exchange(wire::Operation operation, const std::string& body) {
  const Micros until = pacer_.now() + patience;
  Micros pause = first_pause;
  while (true) {
    Result<Reply> reply = transport_.send(operation, body);
    if (reply.ok()) has_answered_ = true;
    if (reply.ok() && reply->status == ok) return std::move(reply->body);
    if (!reply.ok() && !has_answered_) {
      return Error(reply.error().kind,
                   reply.error().message + "; is this the right endpoint, and does the server run?");
    }
    const Error error = reply.ok() ? api::error_of_reply(reply->status, reply->body) : reply.error();
    if (!asks_for_patience(error.kind) || pacer_.now() + pause > until) return error;
    const double part = pacer_.chance();
    pacer_.sleep(Micros(static_cast<std::int64_t>(static_cast<double>(pause.count()) * part)));
    pause = std::min(2 * pause, longest_pause);
  }
}

}  // namespace likeness::importer

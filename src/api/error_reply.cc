#include "api/error_reply.h"

#include <boost/json.hpp>
#include <optional>
#include <string>

#include "api/error_table.h"

namespace likeness::api {

namespace {

constexpr int first_server_error = 500;
constexpr int too_many_requests = 429;
constexpr std::size_t most_shown = 200;  // bytes of a body that is none of ours

std::optional<ErrorKind> kind_of(std::string_view code) {
  for (int i = 0; i < error_kind_count; ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    if (error_row(kind).code == code) return kind;
  }
  for (const Failure failure :
       {Failure::missing_authentication, Failure::incomplete_signature, Failure::invalid_signature,
        Failure::unknown_key, Failure::expired_token, Failure::unknown_operation}) {
    if (error_row(failure).code == code) return ErrorKind::access_denied;
  }
  return std::nullopt;
}

}  // namespace

Error error_of_reply(int status, std::string_view body) {
  boost::json::error_code failure;
  const boost::json::value value = boost::json::parse({body.data(), body.size()}, failure);
  const auto member = [&](const char* name) {
    const boost::json::value* found = !failure && value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  const std::string code = member("__type");
  const std::string message = member("message");
  const std::string said = message.empty() ? code : message;
  // InternalServerError stands for several kinds; to a client it is a server that may do better the next time.
  if (const std::optional<ErrorKind> kind = kind_of(code)) {
    return {status >= first_server_error ? ErrorKind::unavailable : *kind, said};
  }
  ErrorKind kind = ErrorKind::malformed;
  if (status >= first_server_error) kind = ErrorKind::unavailable;
  if (status == too_many_requests) kind = ErrorKind::overloaded;
  return {kind, "the server answered with status " + std::to_string(status) + " and " +
                    (code.empty() ? std::string(body.substr(0, most_shown)) : code + ": " + message)};
}

}  // namespace likeness::api

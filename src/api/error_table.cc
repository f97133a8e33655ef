#include "api/error_table.h"

#include "base/log.h"

namespace likeness::api {

const ErrorRow& error_row(ErrorKind kind) {
  static constexpr ErrorRow invalid_argument{"InvalidParameterException", 400, "invalid_argument"};
  static constexpr ErrorRow malformed{"SerializationException", 400, "malformed"};
  static constexpr ErrorRow invalid_image{"InvalidImageFormatException", 400, "invalid_image"};
  static constexpr ErrorRow invalid_object{"InvalidS3ObjectException", 400, "invalid_object"};
  static constexpr ErrorRow image_too_large{"ImageTooLargeException", 400, "image_too_large"};
  static constexpr ErrorRow not_found{"ResourceNotFoundException", 400, "not_found"};
  static constexpr ErrorRow already_exists{"ResourceAlreadyExistsException", 400, "already_exists"};
  static constexpr ErrorRow access_denied{"AccessDeniedException", 400, "access_denied"};
  static constexpr ErrorRow overloaded{"ThrottlingException", 400, "overloaded"};
  static constexpr ErrorRow limit_exceeded{"LimitExceededException", 400, "limit_exceeded"};
  static constexpr ErrorRow unsupported{"UnsupportedOperationException", 400, "unsupported"};
  // The operator's trouble, not the client's: damaged or unreachable data, and our own defects.
  static constexpr ErrorRow corrupt{"InternalServerError", 500, "corrupt"};
  static constexpr ErrorRow unavailable{"InternalServerError", 500, "unavailable"};
  static constexpr ErrorRow internal{"InternalServerError", 500, "internal"};
  switch (kind) {
    case ErrorKind::invalid_argument: return invalid_argument;
    case ErrorKind::malformed: return malformed;
    case ErrorKind::invalid_image: return invalid_image;
    case ErrorKind::invalid_object: return invalid_object;
    case ErrorKind::image_too_large: return image_too_large;
    case ErrorKind::not_found: return not_found;
    case ErrorKind::already_exists: return already_exists;
    case ErrorKind::access_denied: return access_denied;
    case ErrorKind::overloaded: return overloaded;
    case ErrorKind::limit_exceeded: return limit_exceeded;
    case ErrorKind::unsupported: return unsupported;
    case ErrorKind::corrupt: return corrupt;
    case ErrorKind::unavailable: return unavailable;
    case ErrorKind::internal: return internal;
  }
  return internal;
}

const ErrorRow& error_row(Failure failure) {
  static constexpr ErrorRow missing_authentication{"MissingAuthenticationTokenException", 400,
                                                   "missing_authentication"};
  static constexpr ErrorRow incomplete_signature{"IncompleteSignatureException", 400, "incomplete_signature"};
  static constexpr ErrorRow invalid_signature{"InvalidSignatureException", 400, "invalid_signature"};
  static constexpr ErrorRow unknown_key{"UnrecognizedClientException", 400, "unknown_key"};
  static constexpr ErrorRow unknown_operation{"UnknownOperationException", 400, "unknown_operation"};
  static constexpr ErrorRow unsupported_operation{"UnsupportedOperationException", 400, "unsupported_operation"};
  static constexpr ErrorRow key_rate_exceeded{"ThrottlingException", 400, "key_rate"};
  static constexpr ErrorRow global_rate_exceeded{"ProvisionedThroughputExceededException", 400, "global_rate"};
  switch (failure) {
    case Failure::missing_authentication: return missing_authentication;
    case Failure::incomplete_signature: return incomplete_signature;
    case Failure::invalid_signature: return invalid_signature;
    case Failure::unknown_key: return unknown_key;
    case Failure::unknown_operation: return unknown_operation;
    case Failure::unsupported_operation: return unsupported_operation;
    case Failure::key_rate_exceeded: return key_rate_exceeded;
    case Failure::global_rate_exceeded: return global_rate_exceeded;
  }
  return error_row(ErrorKind::internal);
}

Response error_response(const ErrorRow& row, std::string_view message) {
  std::string body = "{\"__type\":";
  append_json_string(body, row.code);
  body += ",\"Code\":";
  append_json_string(body, row.code);
  body += ",\"message\":";
  append_json_string(body, message);
  body += ",\"Message\":";
  append_json_string(body, message);
  body.push_back('}');
  Response response;
  response.status = row.status;
  response.body = std::move(body);
  response.error_label = row.metric_label;
  return response;
}

Response error_response(const Error& error) {
  const ErrorRow& row = error_row(error.kind);
  return error_response(row, row.status >= 500
                                 ? "Internal server error; the server's log has the cause under this request's id"
                                 : std::string_view(error.message));
}

}  // namespace likeness::api

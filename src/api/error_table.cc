#include "api/error_table.h"

#include <algorithm>
#include <array>

#include "base/log.h"

namespace likeness::api {

namespace {

using Codes = std::array<std::string_view, 3>;  // unused places stay empty and are never modelled

constexpr std::string_view invalid_parameter = "InvalidParameterException";

// What to say where a code is not modelled. A session is the one thing that has a "not found" of its own.
constexpr Codes near_not_found = {"SessionNotFoundException"};
constexpr Codes near_already_exists = {"ConflictException", "ResourceInUseException"};
constexpr Codes near_conflict = {"ResourceInUseException", "ResourceAlreadyExistsException"};
constexpr Codes near_in_use = {"ConflictException", "ResourceNotReadyException"};
constexpr Codes near_not_ready = {"ResourceInUseException", "ConflictException"};
constexpr Codes near_limit = {"ServiceQuotaExceededException", "ProvisionedThroughputExceededException"};
constexpr Codes near_quota = {"LimitExceededException"};
constexpr Codes near_video = {"ImageTooLargeException"};

}  // namespace

const ErrorRow& error_row(ErrorKind kind) {
  static constexpr ErrorRow invalid_argument{invalid_parameter, 400, "invalid_argument"};
  static constexpr ErrorRow malformed{"SerializationException", 400, "malformed"};
  static constexpr ErrorRow invalid_image{"InvalidImageFormatException", 400, "invalid_image"};
  static constexpr ErrorRow invalid_object{"InvalidS3ObjectException", 400, "invalid_object"};
  static constexpr ErrorRow image_too_large{"ImageTooLargeException", 400, "image_too_large"};
  static constexpr ErrorRow video_too_large{"VideoTooLargeException", 400, "video_too_large", near_video};
  static constexpr ErrorRow invalid_token{"InvalidPaginationTokenException", 400, "invalid_token"};
  static constexpr ErrorRow not_found{"ResourceNotFoundException", 400, "not_found", near_not_found};
  static constexpr ErrorRow already_exists{"ResourceAlreadyExistsException", 400, "already_exists",
                                           near_already_exists};
  static constexpr ErrorRow conflict{"ConflictException", 400, "conflict", near_conflict};
  static constexpr ErrorRow resource_in_use{"ResourceInUseException", 400, "resource_in_use", near_in_use};
  static constexpr ErrorRow resource_not_ready{"ResourceNotReadyException", 400, "resource_not_ready", near_not_ready};
  static constexpr ErrorRow idempotency_mismatch{"IdempotentParameterMismatchException", 400, "idempotency_mismatch"};
  static constexpr ErrorRow access_denied{"AccessDeniedException", 400, "access_denied"};
  static constexpr ErrorRow overloaded{"ThrottlingException", 400, "overloaded"};
  static constexpr ErrorRow rate_exceeded{"ProvisionedThroughputExceededException", 400, "rate_exceeded"};
  static constexpr ErrorRow limit_exceeded{"LimitExceededException", 400, "limit_exceeded", near_limit};
  static constexpr ErrorRow service_quota{"ServiceQuotaExceededException", 400, "service_quota", near_quota};
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
    case ErrorKind::video_too_large: return video_too_large;
    case ErrorKind::invalid_token: return invalid_token;
    case ErrorKind::not_found: return not_found;
    case ErrorKind::already_exists: return already_exists;
    case ErrorKind::conflict: return conflict;
    case ErrorKind::resource_in_use: return resource_in_use;
    case ErrorKind::resource_not_ready: return resource_not_ready;
    case ErrorKind::idempotency_mismatch: return idempotency_mismatch;
    case ErrorKind::access_denied: return access_denied;
    case ErrorKind::overloaded: return overloaded;
    case ErrorKind::rate_exceeded: return rate_exceeded;
    case ErrorKind::limit_exceeded: return limit_exceeded;
    case ErrorKind::service_quota: return service_quota;
    case ErrorKind::unsupported: return unsupported;
    case ErrorKind::corrupt: return corrupt;
    case ErrorKind::unavailable: return unavailable;
    case ErrorKind::internal: return internal;
  }
  return internal;
}

bool is_modelled(wire::Operation operation, std::string_view code) {
  static constexpr Codes of_all_services = {"SerializationException", "UnsupportedOperationException"};
  const auto holds = [&](std::span<const std::string_view> codes) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
  };
  return !code.empty() && (holds(of_all_services) || holds(wire::errors(operation)));
}

ErrorRow error_row(wire::Operation operation, ErrorKind kind) {
  ErrorRow row = error_row(kind);
  if (is_modelled(operation, row.code)) return row;
  const auto modelled = [&](std::string_view code) { return is_modelled(operation, code); };
  const auto neighbour = std::find_if(row.neighbours.begin(), row.neighbours.end(), modelled);
  row.code = neighbour == row.neighbours.end() ? invalid_parameter : *neighbour;
  return row;
}

const ErrorRow& error_row(Failure failure) {
  static constexpr ErrorRow missing_authentication{"MissingAuthenticationTokenException", 400,
                                                   "missing_authentication"};
  static constexpr ErrorRow incomplete_signature{"IncompleteSignatureException", 400, "incomplete_signature"};
  static constexpr ErrorRow invalid_signature{"InvalidSignatureException", 400, "invalid_signature"};
  static constexpr ErrorRow unknown_key{"UnrecognizedClientException", 400, "unknown_key"};
  static constexpr ErrorRow expired_token{"ExpiredTokenException", 400, "expired_token"};
  static constexpr ErrorRow unknown_operation{"UnknownOperationException", 400, "unknown_operation"};
  static constexpr ErrorRow unsupported_operation{"UnsupportedOperationException", 400, "unsupported_operation"};
  static constexpr ErrorRow key_rate_exceeded{"ThrottlingException", 400, "key_rate"};
  static constexpr ErrorRow global_rate_exceeded{"ProvisionedThroughputExceededException", 400, "global_rate"};
  switch (failure) {
    case Failure::missing_authentication: return missing_authentication;
    case Failure::incomplete_signature: return incomplete_signature;
    case Failure::invalid_signature: return invalid_signature;
    case Failure::unknown_key: return unknown_key;
    case Failure::expired_token: return expired_token;
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

namespace {

Response error_response(const ErrorRow& row, const Error& error) {
  const bool inside = row.status >= 500;
  Response response =
      api::error_response(row, inside ? "Internal server error; the server's log has the cause under this request's id"
                                      : std::string_view(error.message));
  if (inside) response.cause = error.message;
  return response;
}

}  // namespace

Response error_response(const Error& error) { return error_response(error_row(error.kind), error); }

Response error_response(wire::Operation operation, const Error& error) {
  return error_response(error_row(operation, error.kind), error);
}

}  // namespace likeness::api

#include "api/rekognition_service.h"

#include <new>
#include <string_view>
#include <utility>
#include <variant>

#include "api/error_table.h"
#include "api/operations.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

namespace {

// The operation that X-Amz-Target names: "RekognitionService.DetectFaces", or "LikenessService.RejectMatch".
std::optional<wire::Operation> operation_of(const RequestHead& head) {
  const std::string_view target = head.header("x-amz-target");
  const std::size_t stop = target.find('.');
  if (stop == std::string_view::npos) return std::nullopt;
  const std::optional<wire::Operation> operation = wire::find_operation(target.substr(stop + 1));
  if (!operation || wire::target_prefix_of(*operation) != target.substr(0, stop)) return std::nullopt;
  return operation;
}

std::string_view path_of(const RequestHead& head) {
  return std::string_view(head.target).substr(0, head.target.find('?'));
}

}  // namespace

RekognitionService::RekognitionService(const Services& services, const Authenticator& authenticator,
                                       const Authorizer& authorizer, Metrics& metrics, AuditLog* audit,
                                       RateLimiter* rates)
    : services_(services),
      authenticator_(authenticator),
      authorizer_(authorizer),
      metrics_(metrics),
      audit_(audit),
      rates_(rates) {}

std::optional<Response> RekognitionService::admit(const RequestHead& head) {
  std::variant<std::string, Response> claimed = authenticator_.claimed_key(head);
  if (auto* refusal = std::get_if<Response>(&claimed)) return counted(head, std::move(*refusal));
  if (rates_ == nullptr) return std::nullopt;
  std::optional<Response> refusal = rates_->check(std::get<std::string>(claimed));
  return refusal ? std::optional(counted(head, std::move(*refusal))) : std::nullopt;
}

Response RekognitionService::handle(const RequestHead& head, std::string body) {
  try {
    return counted(head, answer(head, body));
  } catch (const std::bad_alloc&) {
    // A picture within the limits may still be more than the machine has left: the request fails, the server does not.
    return counted(head,
                   error_response(Error(ErrorKind::overloaded, "Not enough memory for this request now; try again")));
  }
}

Response RekognitionService::refuse(const RequestHead& head, const Error& error) {
  // A body over the limit is too large a picture to the operations that have that error, and a wrong parameter to the
  // others and to no operation at all.
  if (const std::optional<wire::Operation> operation = operation_of(head)) {
    return counted(head, error_response(*operation, error));
  }
  const bool too_large = error.kind == ErrorKind::image_too_large;
  return counted(head, error_response(too_large ? Error(ErrorKind::invalid_argument, error.message) : error));
}

Response RekognitionService::answer(const RequestHead& head, std::string_view body) const {
  auto authenticated = authenticator_.authenticate(head, body);
  if (auto* refusal = std::get_if<Response>(&authenticated)) return std::move(*refusal);
  if (rates_ != nullptr) {
    if (auto refusal = rates_->take(std::get<Caller>(authenticated).lasting_key_id())) return *std::move(refusal);
  }
  const std::optional<wire::Operation> operation = operation_of(head);
  if (head.method != "POST" || path_of(head) != "/" || !operation) {
    return error_response(
        error_row(Failure::unknown_operation),
        "No operation of Rekognition is named here; send POST / with X-Amz-Target: RekognitionService.<Operation>");
  }
  return run_recorded(head, std::get<Caller>(authenticated), *operation, body);
}

Response RekognitionService::run_recorded(const RequestHead& head, const Caller& caller, wire::Operation operation,
                                          std::string_view body) const {
  const wire::Inspect may_ask = authorizer_.inspection(caller, operation);
  if (audit_ == nullptr) return run_operation(operation, body, services_, caller, may_ask);
  if (const Result<void> recordable = audit_->may_run(); !recordable.ok()) return error_response(recordable.error());
  Response response = run_operation(operation, body, services_, caller, may_ask);
  const AuditCaller audited{.access_key_id = caller.access_key_id, .is_session = caller.parent_key_id.has_value()};
  const Result<void> recorded = audit_->record(head, audited, operation, body, response);
  return recorded.ok() ? response : error_response(recorded.error());
}

Response RekognitionService::counted(const RequestHead& head, Response response) const {
  const std::optional<wire::Operation> operation = operation_of(head);
  response.operation = operation ? wire::name(*operation) : std::string_view("none");
  response.headers.push_back({std::string(trace_header), head.trace_id});
  metrics_
      .counter("likeness_operations_total", "Answers by operation and error (\"\" if all is well)",
               {{"operation", std::string(response.operation)}, {"error", std::string(response.error_label)}})
      .add();
  return response;
}

}  // namespace likeness::api

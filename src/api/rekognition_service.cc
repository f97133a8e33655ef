#include "api/rekognition_service.h"

#include <new>
#include <string_view>
#include <utility>

#include "api/error_table.h"
#include "api/operations.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

namespace {

// The operation that X-Amz-Target names: "RekognitionService.DetectFaces".
std::optional<wire::Operation> operation_of(const RequestHead& head) {
  std::string_view target = head.header("x-amz-target");
  if (!target.starts_with(wire::target_prefix)) return std::nullopt;
  target.remove_prefix(wire::target_prefix.size());
  if (!target.starts_with('.')) return std::nullopt;
  target.remove_prefix(1);
  return wire::find_operation(target);
}

std::string_view path_of(const RequestHead& head) {
  return std::string_view(head.target).substr(0, head.target.find('?'));
}

}  // namespace

RekognitionService::RekognitionService(const Services& services, const Authenticator& authenticator, Metrics& metrics,
                                       RateLimiter* rates)
    : services_(services), authenticator_(authenticator), metrics_(metrics), rates_(rates) {}

std::optional<Response> RekognitionService::admit(const RequestHead& head) {
  std::optional<Response> refusal = authenticator_.refuse_claim(head);
  if (!refusal && rates_ != nullptr) refusal = rates_->check(claimed_key(head));
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
  if (error.kind == ErrorKind::image_too_large) {
    // Only a request with pictures has a reason to be so large; the others are told the same in general words.
    const std::optional<wire::Operation> operation = operation_of(head);
    if (!operation || !wire::takes_image_bytes(*operation)) {
      return counted(head, error_response(error_row(ErrorKind::invalid_argument), error.message));
    }
  }
  return counted(head, error_response(error));
}

Response RekognitionService::answer(const RequestHead& head, std::string_view body) const {
  if (auto refusal = authenticator_.refuse_signature(head, body)) return *std::move(refusal);
  if (rates_ != nullptr) {
    if (auto refusal = rates_->take(claimed_key(head))) return *std::move(refusal);
  }
  const std::optional<wire::Operation> operation = operation_of(head);
  if (head.method != "POST" || path_of(head) != "/" || !operation) {
    return error_response(
        error_row(Failure::unknown_operation),
        "No operation of Rekognition is named here; send POST / with X-Amz-Target: RekognitionService.<Operation>");
  }
  return run_operation(*operation, body, services_);
}

Response RekognitionService::counted(const RequestHead& head, Response response) const {
  const std::optional<wire::Operation> operation = operation_of(head);
  response.operation = operation ? wire::name(*operation) : std::string_view("none");
  metrics_
      .counter("likeness_operations_total", "Answers by operation and error (\"\" if all is well)",
               {{"operation", std::string(response.operation)}, {"error", std::string(response.error_label)}})
      .add();
  return response;
}

}  // namespace likeness::api

#include "api/authenticator.h"

#include <utility>
#include <variant>
#include <vector>

#include "api/error_table.h"
#include "base/crypto.h"
#include "sigv4/verify.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

namespace {

const ErrorRow& row_of(sigv4::FailureKind kind) {
  switch (kind) {
    case sigv4::FailureKind::missing_token: return error_row(Failure::missing_authentication);
    case sigv4::FailureKind::incomplete_signature: return error_row(Failure::incomplete_signature);
    case sigv4::FailureKind::unknown_token: return error_row(Failure::unknown_key);
    case sigv4::FailureKind::expired_token: return error_row(Failure::expired_token);
    case sigv4::FailureKind::signature_mismatch:
    case sigv4::FailureKind::expired:
    case sigv4::FailureKind::not_yet_current:
    case sigv4::FailureKind::wrong_scope: return error_row(Failure::invalid_signature);
  }
  return error_row(Failure::invalid_signature);
}

Response refusal(const sigv4::Failure& failure) { return error_response(row_of(failure.kind), failure.message); }

}  // namespace

struct Authenticator::Claim {
  std::vector<sigv4::HeaderView> headers;
  sigv4::Authorization authorization;
  std::string_view secret;
};

Authenticator::Authenticator(std::map<std::string, std::string> secrets, std::string region, const Clock& clock)
    : secrets_(std::move(secrets)), region_(std::move(region)), clock_(clock) {}

std::optional<Response> Authenticator::read_claim(const RequestHead& head, Claim& claim) const {
  claim.headers.reserve(head.headers.size());
  for (const Header& header : head.headers) claim.headers.push_back({header.name, header.value});
  auto parsed = sigv4::parse_authorization({head.method, head.target, claim.headers});
  if (const auto* failure = std::get_if<sigv4::Failure>(&parsed)) return refusal(*failure);
  claim.authorization = std::get<sigv4::Authorization>(std::move(parsed));
  if (!claim.authorization.session_token.empty()) return refusal(sigv4::unknown_token());
  const auto known = secrets_.find(claim.authorization.access_key_id);
  if (known == secrets_.end()) return refusal(sigv4::unknown_token());
  claim.secret = known->second;
  const auto failure = sigv4::check_claim(claim.authorization, region_, wire::signing_name, clock_.now());
  if (failure) return refusal(*failure);
  return std::nullopt;
}

std::optional<Response> Authenticator::refuse_claim(const RequestHead& head) const {
  Claim claim;
  return read_claim(head, claim);
}

std::optional<Response> Authenticator::refuse_signature(const RequestHead& head, std::string_view body) const {
  Claim claim;
  if (auto response = read_claim(head, claim)) return response;
  const auto failure = sigv4::verify({head.method, head.target, claim.headers}, claim.authorization,
                                     sha256(as_bytes(body)), claim.secret);
  if (failure) return refusal(*failure);
  return std::nullopt;
}

}  // namespace likeness::api

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
  keys::Identity identity;
  Time now{};  // the one reading of the clock that decides everything about this request
};

Authenticator::Authenticator(const keys::Identities& identities, std::string account, std::string region,
                             const Clock& clock)
    : identities_(identities), account_(std::move(account)), region_(std::move(region)), clock_(clock) {}

std::optional<Response> Authenticator::read_claim(const RequestHead& head, Claim& claim) const {
  claim.now = clock_.now();
  claim.headers.reserve(head.headers.size());
  for (const Header& header : head.headers) claim.headers.push_back({header.name, header.value});
  auto parsed = sigv4::parse_authorization({head.method, head.target, claim.headers});
  if (const auto* failure = std::get_if<sigv4::Failure>(&parsed)) return refusal(*failure);
  claim.authorization = std::get<sigv4::Authorization>(std::move(parsed));
  auto found = identities_.find(claim.authorization.access_key_id, claim.authorization.session_token, claim.now);
  if (const auto* refused = std::get_if<keys::Refusal>(&found)) {
    return refusal(*refused == keys::Refusal::expired ? sigv4::expired_token() : sigv4::unknown_token());
  }
  claim.identity = std::get<keys::Identity>(std::move(found));
  const auto failure = sigv4::check_claim(claim.authorization, region_, wire::signing_name, claim.now);
  if (failure) return refusal(*failure);
  return std::nullopt;
}

std::variant<std::string, Response> Authenticator::claimed_key(const RequestHead& head) const {
  Claim claim;
  if (auto response = read_claim(head, claim)) return *std::move(response);
  return claim.identity.parent_key_id ? *std::move(claim.identity.parent_key_id)
                                      : std::move(claim.identity.access_key_id);
}

std::optional<Response> Authenticator::refuse_claim(const RequestHead& head) const {
  Claim claim;
  return read_claim(head, claim);
}

std::variant<Caller, Response> Authenticator::authenticate(const RequestHead& head, std::string_view body) const {
  Claim claim;
  if (auto response = read_claim(head, claim)) return *std::move(response);
  const auto failure = sigv4::verify({head.method, head.target, claim.headers}, claim.authorization,
                                     sha256(as_bytes(body)), claim.identity.secret->text());
  if (failure) return refusal(*failure);
  return Caller{.account = account_,
                .region = region_,
                .access_key_id = std::move(claim.identity.access_key_id),
                .parent_key_id = std::move(claim.identity.parent_key_id),
                .policies = std::move(claim.identity.policies),
                .peer = head.peer,
                .secure = head.secure,
                .time = claim.now};
}

}  // namespace likeness::api

#include "sigv4/presigned_query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "sigv4/canonical_request.h"
#include "sigv4/claim_parts.h"
#include "sigv4/signing_key.h"

namespace likeness::sigv4 {

namespace {

constexpr std::array<std::string_view, 6> required = {"X-Amz-Algorithm", "X-Amz-Credential",    "X-Amz-Date",
                                                      "X-Amz-Expires",   "X-Amz-SignedHeaders", "X-Amz-Signature"};
constexpr std::string_view token_parameter = "X-Amz-Security-Token";
constexpr std::string_view payload_parameter = "X-Amz-Content-Sha256";

using Parameters = std::map<std::string, std::string, std::less<>>;

bool is_ours(std::string_view name) {
  return name == token_parameter || name == payload_parameter ||
         std::find(required.begin(), required.end(), name) != required.end();
}

// Those that this form is made of, each once.
std::variant<Parameters, Failure> read_parameters(std::string_view target) {
  Parameters parameters;
  for (auto& [name, value] : decoded_query(query_of(target))) {
    if (!is_ours(name)) continue;
    if (!parameters.emplace(name, std::move(value)).second) {
      return incomplete("AWS query-string parameters must include '" + name + "' once.");
    }
  }
  std::string missing;
  for (const std::string_view name : required) {
    const auto found = parameters.find(name);
    if (found != parameters.end() && !found->second.empty()) continue;
    missing.append("AWS query-string parameters must include '").append(name).append("'. ");
  }
  if (!missing.empty()) return incomplete(missing + "Re-examine the query-string parameters.");
  return parameters;
}

// Decimal digits alone, and no more of them than the largest value has.
std::optional<Micros> parse_lifetime(std::string_view text) {
  constexpr auto longest = std::chrono::duration_cast<std::chrono::seconds>(max_lifetime).count();
  int seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || text.size() > 6 || failure != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  if (seconds < 1 || seconds > longest) return std::nullopt;
  return std::chrono::seconds(seconds);
}

// X-Amz-Security-Token and X-Amz-Content-Sha256: in the query, or as a signed header, but once.
std::optional<Failure> read_optional(const RequestView& request, const Parameters& parameters, std::string_view name,
                                     std::optional<std::string>& value) {
  if (auto failure = read_single_header(request.headers, to_lower(name), value)) return failure;
  const auto found = parameters.find(name);
  if (found == parameters.end()) return std::nullopt;
  if (value) return incomplete(quoted(name) + " must be a parameter of the query or a header, not both.");
  value = found->second;
  return std::nullopt;
}

}  // namespace

bool is_presigned(std::string_view target) {
  const auto parameters = decoded_query(query_of(target));
  return std::any_of(parameters.begin(), parameters.end(), [](const auto& parameter) {
    return parameter.first == "X-Amz-Algorithm" || parameter.first == "X-Amz-Credential" ||
           parameter.first == signature_parameter;
  });
}

std::variant<Authorization, Failure> parse_presigned_query(const RequestView& request) {
  auto read = read_parameters(request.target);
  if (auto* failure = std::get_if<Failure>(&read)) return std::move(*failure);
  const Parameters& parameter = std::get<Parameters>(read);
  const auto value = [&](std::string_view name) -> const std::string& { return parameter.find(name)->second; };
  if (value("X-Amz-Algorithm") != algorithm) {
    return incomplete("Unsupported AWS 'algorithm': " + quoted(value("X-Amz-Algorithm")) + "; use '" +
                      std::string(algorithm) + "'.");
  }
  Authorization authorization;
  authorization.presigned = true;
  const std::optional<Time> time = parse_iso8601_basic(value("X-Amz-Date"));
  if (!time) return incomplete("Date must be in ISO-8601 'basic format'. Got " + quoted(value("X-Amz-Date")) + ".");
  authorization.time = *time;
  const std::optional<Micros> lifetime = parse_lifetime(value("X-Amz-Expires"));
  if (!lifetime) {
    return incomplete("X-Amz-Expires must be a number of seconds from 1 to 604800 (a week), not " +
                      quoted(value("X-Amz-Expires")) + ".");
  }
  authorization.lifetime = *lifetime;
  authorization.signature = value(signature_parameter);
  if (auto failure = read_credential(value("X-Amz-Credential"), authorization)) return std::move(*failure);
  if (auto failure = read_signed_headers(value("X-Amz-SignedHeaders"), request.headers, authorization.signed_headers)) {
    return std::move(*failure);
  }
  std::optional<std::string> token;
  if (auto failure = read_optional(request, parameter, token_parameter, token)) return std::move(*failure);
  if (token) {
    if (auto failure = read_session_token(*std::move(token), authorization)) return std::move(*failure);
  }
  if (auto failure = read_optional(request, parameter, payload_parameter, authorization.payload_claim)) {
    return std::move(*failure);
  }
  return authorization;
}

}  // namespace likeness::sigv4

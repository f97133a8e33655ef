#include "sigv4/authorization.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <utility>

#include "sigv4/canonical_request.h"
#include "sigv4/claim_parts.h"
#include "sigv4/presigned_query.h"

namespace likeness::sigv4 {

namespace {

Failure wrong_scope(std::string message) { return {FailureKind::wrong_scope, std::move(message)}; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The time of a Date header in the form of RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<Time> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
      text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const auto* const month = std::find(months.begin(), months.end(), text.substr(8, 3));
  if (month == months.end()) return std::nullopt;
  const std::string number = std::to_string(101 + (month - months.begin()));
  std::string basic(text.substr(12, 4));
  basic.append(number.substr(1)).append(text.substr(5, 2)).append("T");
  basic.append(text.substr(17, 2)).append(text.substr(20, 2)).append(text.substr(23, 2)).append("Z");
  return parse_iso8601_basic(basic);
}

std::variant<Time, Failure> request_time(std::span<const HeaderView> headers) {
  std::optional<std::string> text = canonical_header(headers, "x-amz-date");
  const bool amazon = text.has_value();
  if (!amazon) text = canonical_header(headers, "date");
  if (!text) {
    return incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  std::optional<Time> time = parse_iso8601_basic(*text);
  if (!time && !amazon) time = parse_http_date(*text);
  if (!time) return incomplete("Date must be in ISO-8601 'basic format'. Got " + quoted(*text) + ".");
  return *time;
}

// The parts behind the algorithm, by name; other names than the three are carried along and ignored.
std::variant<std::map<std::string_view, std::string_view>, Failure> split_parts(std::string_view text) {
  std::map<std::string_view, std::string_view> parts;
  for (const std::string_view piece : split(text, ',')) {
    const std::string_view part = trimmed(piece);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return incomplete(quoted(part) + " not a valid key=value pair (missing equal-sign) in Authorization header.");
    }
    if (!parts.emplace(part.substr(0, equals), part.substr(equals + 1)).second) {
      return incomplete("Authorization header has more than one " + quoted(part.substr(0, equals)) + " parameter.");
    }
  }
  std::string missing;
  for (const std::string_view name : {"Credential", "Signature", "SignedHeaders"}) {
    const auto part = parts.find(name);
    if (part != parts.end() && !part->second.empty()) continue;
    missing.append(missing.empty() ? "" : " ");
    missing.append("Authorization header requires '").append(name).append("' parameter.");
  }
  if (!missing.empty()) return incomplete(std::move(missing));
  return parts;
}

std::variant<Authorization, Failure> parse_header(std::string_view text, std::span<const HeaderView> headers) {
  const std::size_t space = std::min(text.find_first_of(" \t"), text.size());
  if (text.substr(0, space) != algorithm) {
    return incomplete("Unsupported AWS 'algorithm': " + quoted(text.substr(0, space)) + "; use '" +
                      std::string(algorithm) + "'.");
  }
  auto parts = split_parts(text.substr(space));
  if (auto* failure = std::get_if<Failure>(&parts)) return std::move(*failure);
  auto time = request_time(headers);
  if (auto* failure = std::get_if<Failure>(&time)) return std::move(*failure);
  const auto& part = std::get<0>(parts);

  Authorization authorization;
  authorization.time = std::get<Time>(time);
  authorization.signature = part.at("Signature");
  if (auto failure = read_credential(part.at("Credential"), authorization)) return std::move(*failure);
  if (auto failure = read_signed_headers(part.at("SignedHeaders"), headers, authorization.signed_headers)) {
    return std::move(*failure);
  }
  std::optional<std::string> token;
  if (auto failure = read_single_header(headers, "x-amz-security-token", token)) return std::move(*failure);
  if (token) {
    if (auto failure = read_session_token(*std::move(token), authorization)) return std::move(*failure);
  }
  if (auto failure = read_single_header(headers, "x-amz-content-sha256", authorization.payload_claim)) {
    return std::move(*failure);
  }
  return authorization;
}

}  // namespace

std::variant<Authorization, Failure> parse_authorization(const RequestView& request) {
  std::optional<std::string> header;
  if (auto failure = read_single_header(request.headers, "authorization", header)) return std::move(*failure);
  const bool presigned = is_presigned(request.target);
  if (header && presigned) {
    return incomplete(
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should "
        "be specified.");
  }
  if (header) return parse_header(*header, request.headers);
  if (presigned) return parse_presigned_query(request);
  return Failure{FailureKind::missing_token, "Missing Authentication Token"};
}

std::optional<Failure> check_claim(const Authorization& authorization, std::string_view region,
                                   std::string_view service, Time now) {
  if (authorization.scope.region != region) {
    return wrong_scope("Credential should be scoped to a valid region, not " + quoted(authorization.scope.region) +
                       "; this server answers for '" + std::string(region) + "'.");
  }
  if (authorization.scope.service != service) {
    return wrong_scope("Credential should be scoped to correct service: '" + std::string(service) + "'.");
  }
  const std::string time = format_iso8601_basic(authorization.time);
  const std::string present = format_iso8601_basic(now);
  const Micros lifetime = authorization.presigned ? authorization.lifetime : time_window;
  if (authorization.time < now - lifetime) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lifetime).count();
    const std::string length = authorization.presigned ? std::to_string(seconds) + " sec.)" : "15 min.)";
    return Failure{FailureKind::expired, "Signature expired: " + time + " is now earlier than " +
                                             format_iso8601_basic(now - lifetime) + " (" + present + " - " + length};
  }
  if (authorization.time > now + time_window) {
    return Failure{FailureKind::not_yet_current, "Signature not yet current: " + time + " is still later than " +
                                                     format_iso8601_basic(now + time_window) + " (" + present +
                                                     " + 15 min.)"};
  }
  return std::nullopt;
}

}  // namespace likeness::sigv4

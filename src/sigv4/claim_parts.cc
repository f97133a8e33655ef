#include "sigv4/claim_parts.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "sigv4/canonical_request.h"

namespace likeness::sigv4 {

namespace {

constexpr std::size_t max_signed_headers = 64;
constexpr std::size_t max_access_key_characters = 128;

Failure wrong_scope(std::string message) { return {FailureKind::wrong_scope, std::move(message)}; }

}  // namespace

Failure incomplete(std::string message) { return {FailureKind::incomplete_signature, std::move(message)}; }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::optional<Failure> read_credential(std::string_view text, Authorization& authorization) {
  const std::vector<std::string_view> elements = split(text, '/');
  if (elements.size() != 5 || elements[0].empty() || elements[0].size() > max_access_key_characters) {
    return incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got " +
        quoted(text) + ".");
  }
  if (elements[4] != terminator) {
    return wrong_scope("Credential should be scoped with a valid terminator: '" + std::string(terminator) + "', not " +
                       quoted(elements[4]) + ".");
  }
  const std::string time = format_iso8601_basic(authorization.time);
  const std::string date = time.substr(0, 8);
  if (elements[1] != date) {
    return wrong_scope("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
                       quoted(elements[1]) + " != '" + date + "', from '" + time + "'.");
  }
  authorization.access_key_id = elements[0];
  authorization.scope = {std::string(elements[1]), std::string(elements[2]), std::string(elements[3])};
  return std::nullopt;
}

std::optional<Failure> read_signed_headers(std::string_view text, std::span<const HeaderView> headers,
                                           std::vector<std::string>& names) {
  for (const std::string_view name : split(text, ';')) {
    if (name.empty() || names.size() == max_signed_headers) {
      return incomplete("SignedHeaders must be at most 64 names with semicolons between them, got " + quoted(text) +
                        ".");
    }
    names.push_back(to_lower(name));
  }
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
    return incomplete("SignedHeaders names a header twice: " + quoted(text) + ".");
  }
  const auto is_signed = [&](const std::string& name) { return std::binary_search(names.begin(), names.end(), name); };
  if (!is_signed("host")) {
    return incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const HeaderView& header : headers) {
    const std::string name = to_lower(header.name);
    if (name.starts_with("x-amz-") && !is_signed(name)) {
      return Failure{FailureKind::signature_mismatch,
                     "There were headers present in the request which were not signed: " + quoted(name) + "."};
    }
  }
  return std::nullopt;
}

std::optional<Failure> read_single_header(std::span<const HeaderView> headers, std::string_view lower_name,
                                          std::optional<std::string>& value) {
  const auto count = std::count_if(headers.begin(), headers.end(),
                                   [&](const HeaderView& header) { return to_lower(header.name) == lower_name; });
  if (count > 1) {
    return incomplete("A request must have one " + quoted(lower_name) + " header, not " + std::to_string(count) + ".");
  }
  value = canonical_header(headers, lower_name);
  return std::nullopt;
}

std::optional<Failure> read_session_token(std::string token, Authorization& authorization) {
  if (token.empty() || token.size() > max_session_token_characters) return unknown_token();
  authorization.session_token = std::move(token);
  return std::nullopt;
}

}  // namespace likeness::sigv4

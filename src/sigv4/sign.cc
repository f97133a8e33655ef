#include "sigv4/sign.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sigv4/canonical_request.h"
#include "sigv4/presigned_query.h"
#include "sigv4/signing_key.h"

namespace likeness::sigv4 {

namespace {

std::vector<std::string> sorted_names(std::span<const HeaderView> headers) {
  std::vector<std::string> names;
  names.reserve(headers.size());
  for (const HeaderView& header : headers) names.push_back(to_lower(header.name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ";").append(name);
  return text;
}

}  // namespace

SignatureHeaders sign(const RequestView& request, std::string_view payload_hash, const Credentials& credentials,
                      std::string_view region, std::string_view service, Time now) {
  const std::string time = format_iso8601_basic(now);
  std::vector<HeaderView> headers(request.headers.begin(), request.headers.end());
  headers.push_back({"x-amz-date", time});
  if (!credentials.session_token.empty()) headers.push_back({"x-amz-security-token", credentials.session_token});

  const std::vector<std::string> names = sorted_names(headers);
  const Scope scope = {time.substr(0, 8), std::string(region), std::string(service)};
  const std::optional<std::string> canonical =
      canonical_request({request.method, request.target, headers, request.path_form}, names, payload_hash);
  std::string authorization(algorithm);
  authorization.append(" Credential=").append(credentials.access_key_id).append("/").append(scope.text());
  authorization.append(", SignedHeaders=").append(joined(names));
  authorization.append(", Signature=").append(signature(*canonical, now, scope, credentials.secret_access_key));
  return {time, authorization, credentials.session_token};
}

SignatureHeaders sign(const RequestView& request, const Digest& payload, const Credentials& credentials,
                      std::string_view region, std::string_view service, Time now) {
  return sign(request, to_hex(payload), credentials, region, service, now);
}

std::string presign(const RequestView& request, std::string_view payload_hash, const Credentials& credentials,
                    std::string_view region, std::string_view service, Time now, Micros lifetime) {
  const std::string time = format_iso8601_basic(now);
  const Scope scope = {time.substr(0, 8), std::string(region), std::string(service)};
  const std::vector<std::string> names = sorted_names(request.headers);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lifetime).count();
  std::string target(request.target);
  const auto add = [&](std::string_view name, std::string_view value) {
    target.push_back(target.find('?') == std::string::npos ? '?' : '&');
    target.append(name).append("=").append(uri_encoded(value));
  };
  add("X-Amz-Algorithm", algorithm);
  add("X-Amz-Credential", credentials.access_key_id + "/" + scope.text());
  add("X-Amz-Date", time);
  add("X-Amz-Expires", std::to_string(seconds));
  add("X-Amz-SignedHeaders", joined(names));
  if (!credentials.session_token.empty()) add("X-Amz-Security-Token", credentials.session_token);
  const std::optional<std::string> canonical =
      canonical_request({request.method, target, request.headers, request.path_form}, names, payload_hash);
  add(signature_parameter, signature(*canonical, now, scope, credentials.secret_access_key));
  return target;
}

}  // namespace likeness::sigv4

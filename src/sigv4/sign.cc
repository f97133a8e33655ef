#include "sigv4/sign.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "sigv4/canonical_request.h"
#include "sigv4/signing_key.h"

namespace likeness::sigv4 {

SignatureHeaders sign(const RequestView& request, const Digest& payload, const Credentials& credentials,
                      std::string_view region, std::string_view service, Time now) {
  const std::string time = format_iso8601_basic(now);
  std::vector<HeaderView> headers(request.headers.begin(), request.headers.end());
  headers.push_back({"x-amz-date", time});

  std::vector<std::string> names;
  names.reserve(headers.size());
  for (const HeaderView& header : headers) names.push_back(to_lower(header.name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string joined_names;
  for (const std::string& name : names) joined_names.append(joined_names.empty() ? "" : ";").append(name);

  const Scope scope = {time.substr(0, 8), std::string(region), std::string(service)};
  const std::optional<std::string> canonical =
      canonical_request({request.method, request.target, headers, request.path_form}, names, to_hex(payload));
  std::string authorization(algorithm);
  authorization.append(" Credential=").append(credentials.access_key_id).append("/").append(scope.text());
  authorization.append(", SignedHeaders=").append(joined_names);
  authorization.append(", Signature=").append(signature(*canonical, now, scope, credentials.secret_access_key));
  return {time, authorization};
}

}  // namespace likeness::sigv4

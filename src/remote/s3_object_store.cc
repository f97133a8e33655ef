#include "remote/s3_object_store.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"
#include "remote/percent_encoding.h"
#include "remote/s3_error_code.h"
#include "sigv4/sign.h"

namespace likeness::remote {

namespace {

// For what has no limits of its own: head and put.
constexpr Micros default_deadline = std::chrono::seconds(10);

// A body where none is wanted.
class NoSink final : public Sink {
 public:
  [[nodiscard]] Result<void> write(ByteSpan /*bytes*/) override { return {}; }
  [[nodiscard]] bool restart() override { return true; }
};

Error error_of(const HttpResponse& response) {
  switch (response.status) {
    case 404:
    case 405:  // the newest version is a delete marker
      return {ErrorKind::not_found, "there is no such object"};
    case 401:
    case 403: return {ErrorKind::access_denied, "the object store denies access"};
    case 429:
    case 503: return {ErrorKind::overloaded, "the object store asks for patience; try again later"};
    default: break;
  }
  // A redirect (301: another region's bucket) is a refusal: nothing is fetched from where the store points to.
  if (response.status >= 300 && response.status < 500) {
    return {ErrorKind::access_denied, "the object store refuses the request"};
  }
  return {ErrorKind::unavailable, "the object store failed with status " + std::to_string(response.status)};
}

ObjectInfo info_of(const HttpResponse& response) {
  return {.size = response.content_length().value_or(0),
          .etag = std::string(response.header("etag")),
          .version = std::string(response.header("x-amz-version-id"))};
}

}  // namespace

Result<std::unique_ptr<S3ObjectStore>> S3ObjectStore::create(const S3Options& options, const Clock& clock, Pacer& pacer,
                                                             Logger& log) {
  if (options.access_key_id.empty() || options.secret_access_key.empty()) {
    return Error(ErrorKind::invalid_argument,
                 "an S3 endpoint needs credentials: set LIKENESS_S3_ACCESS_KEY_ID and LIKENESS_S3_SECRET_ACCESS_KEY");
  }
  if (!is_region(options.region)) {
    return Error(ErrorKind::invalid_argument, "'" + options.region.substr(0, 100) + "' is no region of an S3 endpoint");
  }
  AddressPolicy addresses = TRY(AddressPolicy::parse(options.allow));
  S3Endpoint endpoint = TRY(parse_s3_endpoint(options.endpoint, options.region, options.virtual_host_style));
  if (endpoint.scheme == "http" && options.allow.empty()) {
    return Error(ErrorKind::invalid_argument,
                 "'" + options.endpoint.substr(0, 100) +
                     "' is not encrypted; use https, or list with --s3-allow the addresses that may be reached so");
  }
  const std::optional<IpAddress> literal = parse_ip_address(endpoint.bare_host());
  if (literal && !addresses.allows(*literal)) {
    return Error(ErrorKind::invalid_argument, "'" + options.endpoint.substr(0, 100) +
                                                  "' is an address that is not allowed; list it with --s3-allow");
  }
  std::unique_ptr<HttpClient> http = TRY(HttpClient::create(options.http, std::move(addresses), pacer));
  return std::unique_ptr<S3ObjectStore>(new S3ObjectStore(options, std::move(endpoint), std::move(http), clock, log));
}

S3ObjectStore::S3ObjectStore(const S3Options& options, S3Endpoint endpoint, std::unique_ptr<HttpClient> http,
                             const Clock& clock, Logger& log)
    : options_(options), endpoint_(std::move(endpoint)), http_(std::move(http)), clock_(clock), log_(log) {}

Result<HttpResponse> S3ObjectStore::exchange(const char* method, const ObjectId& id, ByteSpan body,
                                             std::string_view content_type, Sink& sink, const TransferLimits& limits) {
  const S3Target target = TRY(endpoint_.target_of(id));
  const Digest digest = sha256(body);
  const std::string hash = to_hex(digest);
  HttpRequest request{
      .method = method, .url = endpoint_.scheme + "://" + target.host + target.path, .headers = {}, .body = body};
  request.headers = {{"Host", target.host}, {"x-amz-content-sha256", hash}};
  if (!content_type.empty()) request.headers.push_back({"Content-Type", std::string(content_type)});
  if (!options_.session_token.empty()) request.headers.push_back({"x-amz-security-token", options_.session_token});

  std::vector<sigv4::HeaderView> views;
  views.reserve(request.headers.size());
  for (const HttpHeader& header : request.headers) views.push_back({header.name, header.value});
  const sigv4::SignatureHeaders signature =
      sigv4::sign({.method = method, .target = target.path, .headers = views, .path_form = sigv4::PathForm::as_sent},
                  digest, {options_.access_key_id, options_.secret_access_key}, options_.region, "s3", clock_.now());
  request.headers.push_back({"X-Amz-Date", signature.x_amz_date});
  request.headers.push_back({"Authorization", signature.authorization});

  Result<HttpResponse> answer = http_->send(request, sink, limits);
  if (!answer.ok()) {
    // A picture over the limit is its owner's trouble; everything else is the operator's.
    if (answer.error().kind != limits.too_large) {
      log_.warning("object_store", {{"host", endpoint_.host}, {"method", method}, {"problem", answer.error().message}});
    }
    return answer;
  }
  if (answer->status >= 200 && answer->status < 300) return answer;
  log_.info("object_store", {{"host", endpoint_.host},
                             {"method", method},
                             {"status", answer->status},
                             {"code", s3_error_code(answer->refusal)},
                             {"attempts", answer->attempts}});
  return error_of(*answer);
}

Result<ObjectInfo> S3ObjectStore::head(const ObjectId& id) {
  NoSink sink;
  return info_of(TRY(exchange("HEAD", id, {}, {}, sink, {.max_bytes = 0, .deadline = default_deadline})));
}

Result<ObjectInfo> S3ObjectStore::get_to(const ObjectId& id, Sink& sink, const TransferLimits& limits) {
  const HttpResponse answer = TRY(exchange("GET", id, {}, {}, sink, limits));
  if (answer.status != 200) return Error(ErrorKind::unavailable, "the object store answered with a part of the object");
  ObjectInfo info = info_of(answer);
  info.size = answer.body_bytes;
  return info;
}

Result<void> S3ObjectStore::put(const ObjectId& id, ByteSpan bytes, std::string_view content_type) {
  if (!id.version.empty()) return Error(ErrorKind::invalid_object, "a version cannot be chosen for a new object");
  NoSink sink;
  const std::string_view type = content_type.empty() ? "application/octet-stream" : content_type;
  TRY(exchange("PUT", id, bytes, type, sink, {.max_bytes = 65536, .deadline = default_deadline}));
  return {};
}

}  // namespace likeness::remote

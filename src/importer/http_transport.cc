#include "importer/http_transport.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crypto.h"

namespace likeness::importer {

namespace {

constexpr std::uint64_t most_answer_bytes = std::uint64_t{4} * 1024 * 1024;
// A server may be busy for long with what it has accepted; clients of AWS wait a minute.
constexpr Micros deadline = std::chrono::seconds(60);

// The operator names the endpoint, so every ordinary address will do; link-local ones and the like never do.
remote::AddressPolicy any_address() {
  return remote::AddressPolicy::parse({"0.0.0.0/0", "::/0", "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12",
                                       "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"})
      .value();
}

// Host and port of "http://host:port" or "https://host". Errors: invalid_argument.
Result<std::string> host_of(std::string_view url) {
  constexpr std::array<std::string_view, 2> schemes{"http://", "https://"};
  for (const std::string_view scheme : schemes) {
    if (!url.starts_with(scheme)) continue;
    std::string_view host = url.substr(scheme.size());
    if (host.ends_with('/')) host.remove_suffix(1);
    const bool plain = !host.empty() && host.find_first_of("/?#@ \t") == std::string_view::npos;
    if (plain) return std::string(host);
  }
  return Error(ErrorKind::invalid_argument,
               "'" + std::string(url.substr(0, 100)) + "' is no endpoint; write http://HOST:PORT or https://HOST:PORT");
}

}  // namespace

Result<std::unique_ptr<HttpTransport>> HttpTransport::create(Endpoint endpoint, const Clock& clock,
                                                             remote::Pacer& pacer) {
  std::string host = TRY(host_of(endpoint.url));
  if (endpoint.url.ends_with('/')) endpoint.url.pop_back();
  remote::HttpClientOptions options;
  options.ca_file = endpoint.ca_file;
  options.attempts = 1;  // ApiClient knows what to repeat
  options.stall_timeout = std::chrono::duration_cast<std::chrono::seconds>(deadline);
  std::unique_ptr<remote::HttpClient> client = TRY(remote::HttpClient::create(options, any_address(), pacer));
  return std::unique_ptr<HttpTransport>(
      new HttpTransport(std::move(endpoint), std::move(host), std::move(client), clock));
}

Result<Reply> HttpTransport::send(wire::Operation operation, const std::string& body) {
  const std::string target = std::string(wire::target_prefix_of(operation)) + '.' + std::string(wire::name(operation));
  remote::HttpRequest request{.method = "POST", .url = endpoint_.url + "/", .headers = {}, .body = as_bytes(body)};
  request.headers = {{"Host", host_}, {"Content-Type", "application/x-amz-json-1.1"}, {"X-Amz-Target", target}};
  std::vector<sigv4::HeaderView> views;
  views.reserve(request.headers.size());
  for (const remote::HttpHeader& header : request.headers) views.push_back({header.name, header.value});
  const sigv4::SignatureHeaders signature =
      sigv4::sign({.method = "POST", .target = "/", .headers = views}, sha256(as_bytes(body)), endpoint_.credentials,
                  endpoint_.region, wire::signing_name, clock_.now());
  request.headers.push_back({"X-Amz-Date", signature.x_amz_date});
  request.headers.push_back({"Authorization", signature.authorization});
  remote::BytesSink sink;
  const remote::HttpResponse response = TRY(client_->send(
      request, sink, {.max_bytes = most_answer_bytes, .too_large = ErrorKind::malformed, .deadline = deadline}));
  if (response.status >= 200 && response.status < 300) {
    const Bytes bytes = sink.take();
    return Reply{response.status, std::string(bytes.begin(), bytes.end())};
  }
  return Reply{response.status, response.refusal};
}

}  // namespace likeness::importer

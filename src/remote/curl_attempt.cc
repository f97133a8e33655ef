#include "remote/curl_attempt.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>

namespace likeness::remote {

namespace {

constexpr std::size_t max_refusal_bytes = std::size_t{4} * 1024;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

// What the callbacks of one attempt share. No exception may pass through libcurl, so they end in `failure`.
struct Exchange {
  CURL* handle;
  const HttpRequest& request;
  Sink& sink;
  const TransferLimits& limits;
  const HttpClientOptions& options;
  const AddressPolicy& addresses;
  bool& body_began;

  HttpResponse response;
  std::size_t head_bytes = 0;
  bool head_ended = false;
  bool address_refused = false;
  std::optional<Error> failure;  // ours, not libcurl's

  [[nodiscard]] bool is_success() const { return response.status >= 200 && response.status < 300; }
};

Error too_large(const TransferLimits& limits) {
  return {limits.too_large, "the object is larger than " + std::to_string(limits.max_bytes) + " bytes"};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const std::size_t first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

void take_header(Exchange& exchange, std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(trimmed(line.substr(0, colon)));
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  exchange.response.headers.push_back({std::move(name), std::string(trimmed(line.substr(colon + 1)))});
}

// Whether to go on, when the head of an answer is complete.
bool end_head(Exchange& exchange) {
  long status = 0;
  curl_easy_getinfo(exchange.handle, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200) return true;  // an interim answer; another head follows
  exchange.response.status = static_cast<int>(status);
  exchange.head_ended = true;
  const std::optional<std::uint64_t> announced = exchange.response.content_length();
  if (exchange.request.method == "HEAD" || !exchange.is_success() || !announced) return true;
  if (*announced <= exchange.limits.max_bytes) return true;
  exchange.failure = too_large(exchange.limits);
  return false;
}

std::size_t on_header(char* data, std::size_t one, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const std::string_view line(data, one * count);
  try {
    exchange.head_bytes += line.size();
    if (exchange.head_bytes > exchange.options.max_head_bytes) {
      exchange.failure = Error(ErrorKind::unavailable, "the head of the answer has no end");
      return 0;
    }
    if (exchange.head_ended) return line.size();  // a trailer, behind a chunked body: counted and not used
    if (line.starts_with("HTTP/")) {
      exchange.response.headers.clear();
    } else if (trimmed(line).empty()) {
      if (!end_head(exchange)) return 0;
    } else {
      take_header(exchange, line);
    }
  } catch (const std::bad_alloc&) {
    exchange.failure = Error(ErrorKind::overloaded, "not enough memory for an answer");
    return 0;
  }
  return line.size();
}

bool take_body(Exchange& exchange, ByteSpan bytes) {
  if (!exchange.is_success()) {
    const std::size_t room = max_refusal_bytes - exchange.response.refusal.size();
    const ByteSpan taken = bytes.first(std::min(room, bytes.size()));
    exchange.response.refusal.append(taken.begin(), taken.end());
    // The rest explains nothing more: the attempt ends as if the body had, and its connection is closed.
    return taken.size() == bytes.size();
  }
  exchange.response.body_bytes += bytes.size();
  if (exchange.response.body_bytes > exchange.limits.max_bytes) {
    exchange.failure = too_large(exchange.limits);
    return false;
  }
  exchange.body_began = true;
  const Result<void> written = exchange.sink.write(bytes);
  if (!written.ok()) exchange.failure = written.error();
  return written.ok();
}

std::size_t on_body(char* data, std::size_t one, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const std::size_t size = one * count;
  try {
    return take_body(exchange, as_bytes({data, size})) ? size : 0;
  } catch (const std::bad_alloc&) {
    exchange.failure = Error(ErrorKind::overloaded, "not enough memory for an object");
    return 0;
  }
}

curl_socket_t open_socket(void* context, curlsocktype purpose, curl_sockaddr* to) {
  auto& exchange = *static_cast<Exchange*>(context);
  const std::optional<IpAddress> address = ip_address_of(to->addr);
  if (purpose != CURLSOCKTYPE_IPCXN || !address || !exchange.addresses.allows(*address)) {
    exchange.address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

long milliseconds(Micros time) {
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  return static_cast<long>(std::clamp<std::int64_t>(count, 1, 1'000'000'000));
}

// Whatever the environment or the build of libcurl would do by itself is set here, also where it is the default.
void set_options(Exchange& exchange, HeaderList& headers, Micros left, std::array<char, CURL_ERROR_SIZE>& detail) {
  CURL* const handle = exchange.handle;
  const HttpRequest& request = exchange.request;
  curl_easy_reset(handle);
  const auto set = [handle](CURLoption option, auto value) { curl_easy_setopt(handle, option, value); };
  set(CURLOPT_ERRORBUFFER, detail.data());
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);  // a key may hold "../"; the signature is over what it is
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_MAXCONNECTS, 1L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!exchange.options.ca_file.empty()) set(CURLOPT_CAINFO, exchange.options.ca_file.c_str());

  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(left, exchange.options.connect_timeout)));
  set(CURLOPT_TIMEOUT_MS, milliseconds(left));
  set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(exchange.options.slowest));
  set(CURLOPT_LOW_SPEED_TIME,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(exchange.options.stall_timeout).count()));

  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&exchange));
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&exchange));
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&exchange));

  if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  if (has_body(request)) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.empty() ? "" : reinterpret_cast<const char*>(request.body.data()));
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  const auto add = [&headers](const std::string& line) {
    curl_slist* const longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    // The first line makes the list; the others are put behind it, and its beginning stays.
    if (!headers) headers.reset(longer);
  };
  add("Expect:");  // nobody waits for a "100 Continue"
  for (const HttpHeader& header : request.headers) add(header.name + ": " + header.value);
  set(CURLOPT_HTTPHEADER, headers.get());
}

// What libcurl reports, as our error, and whether it makes sense to try again.
AttemptResult failed(const Exchange& exchange, CURLcode code, const char* detail) {
  if (exchange.address_refused && code == CURLE_COULDNT_CONNECT) {
    return {Error(ErrorKind::unavailable,
                  "the endpoint's name resolves to an address outside the allowed blocks; no connection was made"),
            false};
  }
  const std::string message = std::string("no answer: ") + (*detail != '\0' ? detail : curl_easy_strerror(code));
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SSL_CONNECT_ERROR: return {Error(ErrorKind::unavailable, message), true};
    // Among the others is CURLE_OUT_OF_MEMORY, which libcurl also answers for a line of 100 KB in a head.
    default: return {Error(ErrorKind::unavailable, message), false};
  }
}

bool is_passing_trouble(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

}  // namespace

AttemptResult attempt(CURL* handle, const HttpRequest& request, Sink& sink, const TransferLimits& limits,
                      const HttpClientOptions& options, const AddressPolicy& addresses, Micros left, bool& body_began) {
  Exchange exchange{.handle = handle,
                    .request = request,
                    .sink = sink,
                    .limits = limits,
                    .options = options,
                    .addresses = addresses,
                    .body_began = body_began,
                    .response = {},
                    .failure = {}};
  HeaderList headers;
  std::array<char, CURL_ERROR_SIZE> detail{};
  set_options(exchange, headers, left, detail);
  const CURLcode code = curl_easy_perform(handle);
  // The handle is kept and must not remember what ends with this function.
  curl_easy_reset(handle);
  if (exchange.failure) return {*std::move(exchange.failure), false};
  const bool refusal_cut = code == CURLE_WRITE_ERROR && exchange.response.refusal.size() == max_refusal_bytes;
  if (code != CURLE_OK && !refusal_cut) return failed(exchange, code, detail.data());
  if (!exchange.head_ended) return {Error(ErrorKind::unavailable, "no answer: it had no head"), true};
  const bool again = is_passing_trouble(exchange.response.status);
  return {std::move(exchange.response), again};
}

}  // namespace likeness::remote

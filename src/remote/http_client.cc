#include "remote/http_client.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>
#include <utility>

#include "base/thread_annotations.h"
#include "remote/curl_attempt.h"

namespace likeness::remote {

namespace {

struct HandleDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleDeleter>;

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Result<void> check(const HttpRequest& request) {
  bool clean = !has_control_character(request.url);
  for (const HttpHeader& header : request.headers) {
    clean =
        clean && !header.name.empty() && !has_control_character(header.name) && !has_control_character(header.value);
  }
  if (clean && (request.method == "GET" || request.method == "HEAD" || has_body(request))) return {};
  return Error(ErrorKind::internal, "a request of ours has an unknown method or a control character in it");
}

}  // namespace

// Handles that are not in use, each with the connection it made last.
class HttpClient::Connections {
 public:
  explicit Connections(std::size_t capacity) : capacity_(capacity) {}
  ~Connections() {
    idle_.clear();
    curl_global_cleanup();
  }
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // Null if there is no memory.
  [[nodiscard]] Handle take() {
    {
      const MutexLock lock(mutex_);
      if (!idle_.empty()) {
        Handle handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    return Handle(curl_easy_init());
  }

  void give_back(Handle handle) {
    const MutexLock lock(mutex_);
    if (idle_.size() < capacity_) idle_.push_back(std::move(handle));
  }

 private:
  const std::size_t capacity_;
  Mutex mutex_;
  std::vector<Handle> idle_ GUARDED_BY(mutex_);
};

std::string_view HttpResponse::header(std::string_view lower_name) const {
  const auto found = std::ranges::find(headers, lower_name, &HttpHeader::name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

std::optional<std::uint64_t> HttpResponse::content_length() const {
  const std::string_view text = header("content-length");
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::unique_ptr<HttpClient>> HttpClient::create(const HttpClientOptions& options, AddressPolicy addresses,
                                                       Pacer& pacer) {
  if (options.attempts < 1 || options.connect_timeout <= Micros::zero() || options.stall_timeout <= Micros::zero()) {
    return Error(ErrorKind::invalid_argument, "time-outs and attempts of outgoing requests must be positive");
  }
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0) {
    return Error(ErrorKind::unavailable, options.ca_file + ": cannot be read as the file of trusted authorities");
  }
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Error(ErrorKind::unavailable, "libcurl cannot be used");
  }
  return std::unique_ptr<HttpClient>(new HttpClient(options, std::move(addresses), pacer,
                                                    std::make_unique<Connections>(options.max_idle_connections)));
}

HttpClient::HttpClient(const HttpClientOptions& options, AddressPolicy addresses, Pacer& pacer,
                       std::unique_ptr<Connections> connections)
    : options_(options), addresses_(std::move(addresses)), pacer_(pacer), connections_(std::move(connections)) {}

HttpClient::~HttpClient() = default;

Micros HttpClient::pause_before(int attempt) {
  const double longest = std::min(static_cast<double>(options_.first_pause.count()) * std::exp2(attempt - 2),
                                  static_cast<double>(options_.longest_pause.count()));
  return Micros(static_cast<std::int64_t>(longest * pacer_.chance()));
}

Result<HttpResponse> HttpClient::send(const HttpRequest& request, Sink& sink, const TransferLimits& limits) {
  TRY(check(request));
  const Micros end = pacer_.now() + limits.deadline;
  bool body_began = false;
  for (int number = 1;; ++number) {
    const Micros left = end - pacer_.now();
    if (left <= Micros::zero()) return Error(ErrorKind::unavailable, "no answer: the deadline has passed");
    Handle handle = connections_->take();
    if (!handle) return Error(ErrorKind::overloaded, "not enough memory for a connection");
    AttemptResult result = attempt(handle.get(), request, sink, limits, options_, addresses_, left, body_began);
    connections_->give_back(std::move(handle));
    if (result.response.ok()) result.response.value().attempts = number;
    if (!result.may_retry || number == options_.attempts) return std::move(result.response);
    const Micros pause = pause_before(number + 1);
    if (pacer_.now() + pause >= end) return std::move(result.response);
    if (body_began && !sink.restart()) return std::move(result.response);
    body_began = false;
    pacer_.sleep(pause);
  }
}

}  // namespace likeness::remote

#include "server/request_parser.h"

#include <algorithm>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <limits>
#include <string_view>
#include <utility>

namespace likeness::server {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t head_read_bytes = std::size_t{16} * 1024;  // an idle connection holds this much
constexpr std::size_t body_read_bytes = std::size_t{64} * 1024;

// A Beast body that is kept or dropped. Its shape and its names are those of "Body" in Beast's documentation.
// NOLINTBEGIN(readability-identifier-naming)
struct OptionalBody {
  struct value_type {
    std::string text;
    std::uint64_t received = 0;  // bytes
    bool discard = false;
  };

  class reader {
   public:
    template <bool is_request, typename Fields>
    reader(http::header<is_request, Fields>& /*header*/, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>& content_length, beast::error_code& error) {
      error = {};
      if (content_length && !body_.discard) body_.text.reserve(*content_length);
    }

    template <typename Buffers>
    std::size_t put(const Buffers& buffers, beast::error_code& error) {
      error = {};
      std::size_t total = 0;
      for (const boost::asio::const_buffer buffer : beast::buffers_range_ref(buffers)) {
        if (!body_.discard) body_.text.append(static_cast<const char*>(buffer.data()), buffer.size());
        total += buffer.size();
      }
      body_.received += total;
      return total;
    }

    void finish(beast::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};
// NOLINTEND(readability-identifier-naming)

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct RequestParser::State {
  explicit State(std::size_t max_head_bytes) : buffer(max_head_bytes + body_read_bytes) { begin(max_head_bytes); }

  void begin(std::size_t max_head_bytes) {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(max_head_bytes));
    parser->body_limit(boost::none);  // the length is judged after the head, so that the answer can name the request
  }

  // Parses one element of what is there: the head, a piece of the body, a chunk header.
  [[nodiscard]] beast::error_code step() {
    beast::error_code error;
    const std::size_t used = parser->put(buffer.data(), error);
    buffer.consume(used);
    return error;
  }

  beast::flat_buffer buffer;
  std::optional<http::request_parser<OptionalBody>> parser;
  bool reading_body = false;
};

RequestParser::RequestParser(std::size_t max_head_bytes)
    : max_head_bytes_(max_head_bytes), state_(std::make_unique<State>(max_head_bytes)) {}

RequestParser::~RequestParser() = default;

std::span<char> RequestParser::prepare() {
  beast::flat_buffer& buffer = state_->buffer;
  const std::size_t wanted = state_->reading_body ? body_read_bytes : head_read_bytes;
  const auto room = buffer.prepare(std::min(wanted, buffer.max_size() - buffer.size()));
  return {static_cast<char*>(room.data()), room.size()};
}

void RequestParser::commit(std::size_t count) { state_->buffer.commit(count); }

bool RequestParser::has_input() const { return state_->buffer.size() > 0; }

RequestParser::Progress RequestParser::fail(std::string problem) {
  problem_ = std::move(problem);
  return Progress::malformed;
}

RequestParser::Progress RequestParser::parse_head() {
  while (has_input()) {
    const beast::error_code error = state_->step();
    if (error == http::error::need_more) break;
    if (error == http::error::header_limit) {
      return fail("the head of the request is larger than " + std::to_string(max_head_bytes_) + " bytes");
    }
    if (error) return fail("the request is no HTTP/1.1: " + error.message());
    if (state_->parser->is_header_done()) return check_head();
  }
  return Progress::need_more;
}

RequestParser::Progress RequestParser::check_head() {
  state_->reading_body = true;
  const auto& message = state_->parser->get();
  const bool http_1_1 = message.version() >= 11;
  const std::size_t hosts = message.count(http::field::host);
  if (hosts > 1 || (http_1_1 && hosts == 0)) return fail("the request must have exactly one Host header");
  if (message.count(http::field::transfer_encoding) > 0) {
    const bool chunked = beast::iequals(message[http::field::transfer_encoding], "chunked");
    if (!http_1_1 || !chunked) return fail("the Transfer-Encoding must be \"chunked\"");
  }
  return Progress::done;
}

api::RequestHead RequestParser::take_head() {
  const auto& message = state_->parser->get();
  api::RequestHead head;
  head.method = view(message.method_string());
  head.target = view(message.target());
  for (const auto& field : message) {
    head.headers.push_back({std::string(view(field.name_string())), std::string(view(field.value()))});
  }
  return head;
}

bool RequestParser::keep_alive() const { return state_->parser->keep_alive(); }

bool RequestParser::expects_continue() const {
  const auto& message = state_->parser->get();
  return message.version() >= 11 && beast::iequals(message[http::field::expect], "100-continue");
}

std::optional<std::uint64_t> RequestParser::content_length() const {
  const auto length = state_->parser->content_length();
  return length ? std::optional(*length) : std::nullopt;
}

bool RequestParser::complete() const { return state_->parser->is_done(); }

void RequestParser::set_body_limit(std::uint64_t bytes) { state_->parser->body_limit(bytes); }

void RequestParser::discard_body(std::uint64_t bytes) {
  OptionalBody::value_type& body = state_->parser->get().body();
  body.discard = true;
  body.text = {};
  set_body_limit(bytes);
}

RequestParser::Progress RequestParser::parse_body() {
  while (!complete()) {
    if (!has_input()) return Progress::need_more;
    const beast::error_code error = state_->step();
    if (error == http::error::need_more) {
      // A chunk header or trailer must fit in the buffer whole.
      if (state_->buffer.size() == state_->buffer.max_size()) return fail("a chunk header or trailer is too long");
      return Progress::need_more;
    }
    if (error == http::error::body_limit) return Progress::too_large;
    if (error) return fail("the body is not encoded as RFC 9112 says: " + error.message());
  }
  return Progress::done;
}

std::uint64_t RequestParser::body_bytes() const { return state_->parser->get().body().received; }

std::string RequestParser::take_body() { return std::move(state_->parser->get().body().text); }

void RequestParser::next() {
  state_->begin(max_head_bytes_);
  state_->reading_body = false;
  if (!has_input()) state_->buffer.shrink_to_fit();
}

}  // namespace likeness::server

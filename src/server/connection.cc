#include "server/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "server/request_parser.h"
#include "server/response_head.h"
#include "server/trace_id.h"

namespace likeness::server {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Progress = RequestParser::Progress;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t max_logged_characters = 100;

// What becomes of the connection after a request.
enum class Next { keep_alive, linger, drop };

enum class BodyResult { complete, too_large, over_budget, malformed, lost };

Ticks ticks() { return std::chrono::steady_clock::now(); }
double seconds_between(Ticks from, Ticks to) { return std::chrono::duration<double>(to - from).count(); }

// One request, for its answer and its line in the log.
struct Transaction {
  api::RequestHead head;
  Ticks started = ticks();
  bool keep_alive = false;       // as the client wishes
  bool awaits_continue = false;  // the client sends its body after "100 Continue" only
  std::uint64_t body_bytes = 0;
  double queued_seconds = 0;
  double computed_seconds = 0;
  std::optional<Refusal> refusal;
  LogLevel log_level = LogLevel::info;  // or debug

  [[nodiscard]] std::string_view path() const {
    const std::string_view target = head.target;
    return target.substr(0, std::min(target.find('?'), max_logged_characters));
  }
};

// What the client says its trace is; empty if it says nothing.
std::string_view sent_trace(const api::RequestHead& head) {
  const auto found = std::find_if(head.headers.begin(), head.headers.end(), [](const api::Header& header) {
    return beast::iequals(header.name, api::trace_header);
  });
  return found == head.headers.end() ? std::string_view() : std::string_view(found->value);
}

// A request on its way through the pool. The connection waits for `done`, so what it refers to stays.
struct Exchange {
  Exchange(const asio::any_io_executor& executor, const api::RequestHead& request_head, std::string request_body,
           ByteBudget::Reservation bytes)
      : head(request_head),
        body(std::move(request_body)),
        reservation(std::move(bytes)),
        done(executor, Ticks::max()) {}

  const api::RequestHead& head;
  std::string body;
  ByteBudget::Reservation reservation;
  std::atomic<bool> abandoned = false;  // set by the connection: nobody waits for the answer
  const Ticks submitted = ticks();      // the rest is written by the task before `done`
  Ticks started;                        // by a compute thread
  Ticks finished;
  std::optional<api::Response> response;  // empty if it was abandoned before it started
  asio::steady_timer done;                // never expires; cancelled on the strand when the task has ended
};

void run(Exchange& exchange, api::HttpService& service) {
  exchange.started = ticks();
  if (!exchange.abandoned) exchange.response = service.handle(exchange.head, std::move(exchange.body));
  exchange.body = {};
  exchange.reservation.release();
  exchange.finished = ticks();
}

// Counts a request as in flight while it lives.
class InFlight {
 public:
  explicit InFlight(ServerMetrics& metrics) : metrics_(metrics) { metrics_.in_flight.add(1); }
  ~InFlight() { metrics_.in_flight.add(-1); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  ServerMetrics& metrics_;
};

// The error that the service words, for a body that was not taken.
Error body_error(BodyResult result, const RequestParser& parser, const HttpServerOptions& options) {
  if (result == BodyResult::too_large) {
    return {ErrorKind::image_too_large,
            "the body of the request is larger than " + std::to_string(options.max_body_bytes) + " bytes"};
  }
  if (result == BodyResult::malformed) return {ErrorKind::malformed, parser.problem()};
  return {ErrorKind::overloaded, "too many bytes are being processed; try again later"};
}

Refusal refusal_of(BodyResult result) {
  if (result == BodyResult::too_large) return Refusal::body_too_large;
  return result == BodyResult::malformed ? Refusal::malformed : Refusal::body_budget;
}

// `Stream` is a beast::tcp_stream or a layer over one.
template <typename Stream>
class StreamConnection final : public Connection {
 public:
  StreamConnection(Stream stream, ServerContext& context)
      : stream_(std::move(stream)), context_(context), parser_(context.options.max_head_bytes) {
    beast::error_code ignored;  // the peer may have gone already; the first read says so
    const tcp::endpoint peer = socket().remote_endpoint(ignored);
    peer_ = peer.address().to_string();
    socket().set_option(tcp::no_delay(true), ignored);
    socket().non_blocking(true, ignored);  // for peer_closed()
  }

  asio::any_io_executor executor() override { return stream_.get_executor(); }

  asio::awaitable<void> serve() override {
    std::chrono::milliseconds deadline = context_.options.head_deadline;
    while (co_await wait_for_request(deadline)) {
      const Next next = co_await serve_request();
      if (next == Next::linger) co_await linger();
      if (next != Next::keep_alive) break;
      parser_.next();
      deadline = context_.options.idle_deadline;
    }
  }

  void close_if_idle() override {
    // Cancelling takes no effect if bytes have just come: then they are served.
    if (idle_since() != Ticks()) tcp_layer().cancel();
  }

  void abort() override {
    if (exchange_) exchange_->abandoned = true;
    tcp_layer().close();
  }

 private:
  beast::tcp_stream& tcp_layer() { return beast::get_lowest_layer(stream_); }
  tcp::socket& socket() { return tcp_layer().socket(); }

  // Reads what is there into the parser. False at the end of the stream, after the deadline and on errors.
  asio::awaitable<bool> read_some() {
    const std::span<char> room = parser_.prepare();
    const auto [error, count] = co_await stream_.async_read_some(asio::buffer(room.data(), room.size()), as_result);
    parser_.commit(count);
    timed_out_ = error == beast::error::timeout;
    co_return !error;
  }

  // False if the connection ends here.
  asio::awaitable<bool> wait_for_request(std::chrono::milliseconds deadline) {
    if (context_.stopping) co_return false;
    if (parser_.has_input()) co_return true;
    tcp_layer().expires_after(deadline);
    idle_since_ = ticks();
    const bool bytes_came = co_await read_some();
    idle_since_ = Ticks();
    co_return bytes_came;
  }

  asio::awaitable<Next> serve_request() {
    Transaction transaction;
    tcp_layer().expires_after(context_.options.head_deadline);
    Progress progress = parser_.parse_head();
    while (progress == Progress::need_more) {
      const bool bytes_came = co_await read_some();
      if (!bytes_came) co_return abandon(transaction, Abandonment::head_deadline);
      progress = parser_.parse_head();
    }
    const InFlight in_flight(context_.metrics);
    transaction.head = parser_.take_head();
    transaction.head.request_id = random_uuid();
    transaction.head.trace_id = trace_id_of(sent_trace(transaction.head), context_.clock.now()).text();
    transaction.head.peer = peer_;
    if (progress == Progress::malformed) {
      transaction.refusal = Refusal::malformed;
      const Error error(ErrorKind::malformed, parser_.problem());
      co_return co_await answer(transaction, context_.service.refuse(transaction.head, error), false);
    }
    transaction.keep_alive = parser_.keep_alive();
    transaction.awaits_continue = parser_.expects_continue() && !parser_.complete() && !parser_.has_input();

    ByteBudget::Reservation reservation(context_.budget);
    const std::optional<api::Response> early = admit(transaction, reservation);
    if (early) co_return co_await answer_early(transaction, *early, true);
    const BodyResult body = co_await read_body(transaction, reservation);
    transaction.body_bytes = parser_.body_bytes();
    if (body == BodyResult::lost) co_return abandon(transaction, Abandonment::body_deadline);
    if (body != BodyResult::complete) {
      reservation.release();
      transaction.refusal = refusal_of(body);
      const Error error = body_error(body, parser_, context_.options);
      const api::Response response = context_.service.refuse(transaction.head, error);
      co_return co_await answer_early(transaction, response, body != BodyResult::malformed);
    }
    co_return co_await compute(transaction, std::move(reservation));
  }

  // What answers a request before its body is read, if anything does.
  std::optional<api::Response> admit(Transaction& transaction, ByteBudget::Reservation& reservation) {
    if (std::optional<api::Response> health = health_answer(transaction.head)) {
      transaction.log_level = LogLevel::debug;  // probes come every few seconds
      return health;
    }
    if (std::optional<api::Response> response = context_.service.admit(transaction.head)) {
      if (response->status >= 400) transaction.refusal = Refusal::service;
      return response;
    }
    const std::uint64_t length = parser_.content_length().value_or(0);
    std::optional<BodyResult> problem;
    if (length > context_.options.max_body_bytes) {
      problem = BodyResult::too_large;
    } else if (!reservation.grow_to(length)) {
      problem = BodyResult::over_budget;
    }
    if (!problem) return std::nullopt;
    transaction.refusal = refusal_of(*problem);
    return context_.service.refuse(transaction.head, body_error(*problem, parser_, context_.options));
  }

  [[nodiscard]] std::optional<api::Response> health_answer(const api::RequestHead& head) const {
    if (head.method != "GET" && head.method != "HEAD") return std::nullopt;
    if (head.target != "/healthz" && head.target != "/readyz") return std::nullopt;
    const bool well = head.target == "/healthz" || context_.service.ready();
    api::Response response;
    response.status = well ? 200 : 503;
    response.content_type = "text/plain";
    response.body = well ? "ok\n" : "not ready\n";
    return response;
  }

  asio::awaitable<BodyResult> read_body(Transaction& transaction, ByteBudget::Reservation& reservation) {
    tcp_layer().expires_after(context_.options.body_deadline);
    if (transaction.awaits_continue) {
      constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto [error, count] = co_await asio::async_write(stream_, asio::buffer(go_on), as_result);
      if (error) co_return BodyResult::lost;
      transaction.awaits_continue = false;
    }
    if (!parser_.complete()) parser_.set_body_limit(context_.options.max_body_bytes);
    for (;;) {
      const Progress progress = parser_.parse_body();
      if (progress == Progress::malformed) co_return BodyResult::malformed;
      if (progress == Progress::too_large) co_return BodyResult::too_large;
      if (!reservation.grow_to(parser_.body_bytes())) co_return BodyResult::over_budget;
      if (progress == Progress::done) co_return BodyResult::complete;
      const bool bytes_came = co_await read_some();
      if (!bytes_came) co_return BodyResult::lost;
    }
  }

  asio::awaitable<Next> compute(Transaction& transaction, ByteBudget::Reservation reservation) {
    const auto exchange = std::make_shared<Exchange>(stream_.get_executor(), transaction.head, parser_.take_body(),
                                                     std::move(reservation));
    context_.tasks.begin();
    const bool accepted = context_.pool.try_submit(WorkClass::interactive, [given = exchange, &context = context_]() mutable {
      run(*given, context.service);
      asio::post(given->done.get_executor(), [given] { given->done.cancel(); });
      given = nullptr;  // its timer must not outlive the server
      context.tasks.end();
    });
    if (!accepted) {
      context_.tasks.end();
      exchange->body = {};
      exchange->reservation.release();
      transaction.refusal = Refusal::queue;
      const Error error(ErrorKind::overloaded, "too many requests wait for a processor; try again later");
      const api::Response response = context_.service.refuse(transaction.head, error);
      co_return co_await answer(transaction, response, transaction.keep_alive);
    }
    exchange_ = exchange;
    watch_for_disconnect(exchange);
    co_await exchange->done.async_wait(as_result);
    exchange_ = nullptr;
    beast::error_code ignored;
    socket().cancel(ignored);  // ends the watch

    transaction.queued_seconds = seconds_between(exchange->submitted, exchange->started);
    transaction.computed_seconds = seconds_between(exchange->started, exchange->finished);
    context_.metrics.dequeued(transaction.queued_seconds);
    if (!exchange->response) co_return abandon(transaction, Abandonment::client_gone);
    co_return co_await answer(transaction, *exchange->response, transaction.keep_alive);
  }

  // Marks the exchange as abandoned if the client closes while its request waits or is computed. A client that closes
  // only its sending side counts as gone, as it does for nginx: no AWS SDK does that.
  void watch_for_disconnect(const std::shared_ptr<Exchange>& exchange) {
    socket().async_wait(tcp::socket::wait_read, [self = shared_from_this(), this, exchange](beast::error_code error) {
      if (!error && peer_closed()) exchange->abandoned = true;
    });
  }

  bool peer_closed() {
    std::array<char, 1> byte{};
    beast::error_code error;
    socket().receive(asio::buffer(byte), tcp::socket::message_peek, error);
    return error && error != asio::error::would_block;
  }

  // Answers a request whose body was not read, or not to its end, and drops the rest of the body.
  asio::awaitable<Next> answer_early(Transaction& transaction, const api::Response& response, bool body_is_readable) {
    const std::uint64_t limit = context_.options.max_drain_bytes;
    const bool can_drain =
        body_is_readable && !transaction.awaits_continue && parser_.content_length().value_or(0) <= limit;
    const bool complete = parser_.complete();
    if (!complete) parser_.discard_body(limit);
    const Next next = co_await answer(transaction, response, transaction.keep_alive && can_drain);
    if (complete || next != Next::keep_alive) co_return next;

    tcp_layer().expires_after(context_.options.drain_deadline);
    Progress progress = parser_.parse_body();
    while (progress == Progress::need_more) {
      const bool bytes_came = co_await read_some();
      if (!bytes_came) {
        if (timed_out_) context_.metrics.abandoned(Abandonment::drain_limit);
        co_return Next::drop;
      }
      progress = parser_.parse_body();
    }
    co_return progress == Progress::done ? Next::keep_alive : Next::linger;
  }

  asio::awaitable<Next> answer(const Transaction& transaction, const api::Response& response, bool keep_alive) {
    keep_alive = keep_alive && !context_.stopping;
    const std::string head = response_head(response, transaction.head.request_id, keep_alive, context_.clock.now());
    const std::string_view body = transaction.head.method == "HEAD" ? std::string_view() : response.body;
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head), asio::buffer(body)};
    tcp_layer().expires_after(context_.options.write_deadline);
    const auto [error, count] = co_await asio::async_write(stream_, buffers, as_result);
    if (error) co_return abandon(transaction, Abandonment::write_failed);

    if (transaction.refusal) context_.metrics.refused(*transaction.refusal);
    context_.metrics.answered(response, seconds_between(transaction.started, ticks()));
    log(transaction, response, transaction.refusal ? refusal_name(*transaction.refusal) : "");
    co_return keep_alive ? Next::keep_alive : Next::linger;
  }

  // The client gets no answer. A deadline is one only if it passed; otherwise the client has gone.
  Next abandon(const Transaction& transaction, Abandonment abandonment) {
    const bool deadline = abandonment == Abandonment::head_deadline || abandonment == Abandonment::body_deadline;
    if (deadline && !timed_out_) abandonment = Abandonment::client_gone;
    context_.metrics.abandoned(abandonment);
    api::Response none;
    none.status = 0;
    log(transaction, none, abandonment_name(abandonment));
    return Next::drop;
  }

  // Neither headers nor the query, which can hold secrets, nor anything of the body.
  void log(const Transaction& transaction, const api::Response& response, std::string_view reason) {
    // At a level of its own: the cause is seen also where the log leaves the requests out.
    if (!response.cause.empty()) {
      context_.log.error("request_failed", {{"id", transaction.head.request_id},
                                            {"operation", response.operation},
                                            {"error", response.error_label},
                                            {"cause", response.cause}});
    }
    const LogFields fields = {{"id", transaction.head.request_id},
                              {"trace", transaction.head.trace_id},
                              {"peer", peer_},
                              {"method", std::string_view(transaction.head.method).substr(0, 16)},
                              {"path", transaction.path()},
                              {"operation", response.operation},
                              {"status", response.status},
                              {"error", response.error_label},
                              {"reason", reason},
                              {"bytes_in", transaction.body_bytes},
                              {"queued_ms", transaction.queued_seconds * 1e3},
                              {"computed_ms", transaction.computed_seconds * 1e3},
                              {"total_ms", seconds_between(transaction.started, ticks()) * 1e3}};
    if (transaction.log_level == LogLevel::debug) {
      context_.log.debug("request", fields);
    } else {
      context_.log.info("request", fields);
    }
  }

  // Closes so that the client sees the answer: closing a socket with unread bytes sends a reset, which lets the
  // client's system throw away what it has received (RFC 9112 section 9.6).
  asio::awaitable<void> linger() {
    beast::error_code ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
    tcp_layer().expires_after(context_.options.drain_deadline);
    std::array<char, 16 * 1024> dropped;  // NOLINT(cppcoreguidelines-pro-type-member-init): only written
    for (std::uint64_t total = 0; total < context_.options.max_drain_bytes;) {
      const auto [error, count] = co_await stream_.async_read_some(asio::buffer(dropped), as_result);
      if (error) break;
      total += count;
    }
  }

  Stream stream_;
  ServerContext& context_;
  RequestParser parser_;
  std::string peer_;                    // address of the client
  bool timed_out_ = false;              // the last read_some() passed its deadline
  std::shared_ptr<Exchange> exchange_;  // the request that is with the pool
};

}  // namespace

std::shared_ptr<Connection> make_connection(tcp::socket socket, ServerContext& context) {
  return std::make_shared<StreamConnection<beast::tcp_stream>>(beast::tcp_stream(std::move(socket)), context);
}

}  // namespace likeness::server

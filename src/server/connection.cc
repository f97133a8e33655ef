#include "server/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "server/body_pace.h"
#include "server/request_parser.h"
#include "server/response_head.h"
#include "server/trace_id.h"
#include "server/transport.h"

namespace likeness::server {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Progress = RequestParser::Progress;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// Up to this size an answer's body is copied behind its head: one packet, one TLS record.
constexpr std::size_t max_joined_bytes = std::size_t{16} * 1024;
// Between looks whether a client, whose next bytes wait unread, has closed.
constexpr auto watch_pause = std::chrono::milliseconds(100);
// Between attempts to cancel what a connection waits for, after its deadline.
constexpr auto cancel_pause = std::chrono::milliseconds(100);
constexpr const char* too_many_wait = "too many requests wait for a processor; try again later";

// What becomes of the connection after a request.
enum class Next { keep_alive, linger, drop };

enum class BodyResult { complete, too_large, over_budget, malformed, too_slow, lost };

// What the client says its trace is; empty if it says nothing.
std::string_view sent_trace(const api::RequestHead& head) {
  const auto found = std::find_if(head.headers.begin(), head.headers.end(), [](const api::Header& header) {
    return boost::beast::iequals(header.name, api::trace_header);
  });
  return found == head.headers.end() ? std::string_view() : std::string_view(found->value);
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
  if (result == BodyResult::too_slow) {
    return {ErrorKind::overloaded, "the body of the request came too slowly; try again on a faster line"};
  }
  return {ErrorKind::overloaded, "too many bytes are being processed; try again later"};
}

Refusal refusal_of(BodyResult result) {
  if (result == BodyResult::too_large) return Refusal::body_too_large;
  if (result == BodyResult::malformed) return Refusal::malformed;
  return result == BodyResult::too_slow ? Refusal::slow_body : Refusal::body_budget;
}

// The service words it, and SDKs try again, later each time.
api::Response overload_answer(api::HttpService& service, const api::RequestHead& head, const char* message) {
  api::Response response = service.refuse(head, Error(ErrorKind::overloaded, message));
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

template <typename Transport>
class StreamConnection final : public Connection {
 public:
  StreamConnection(Transport transport, ServerContext& context, std::string peer_key, Reception reception)
      : Connection(std::move(peer_key)),
        transport_(std::move(transport)),
        context_(context),
        reception_(reception),
        deadline_timer_(socket().get_executor(), Ticks::max()),
        watch_timer_(socket().get_executor(), Ticks::max()),
        parser_(context.options.max_head_bytes) {
    ErrorCode ignored;  // the peer may have gone already; the first read says so
    const tcp::endpoint peer = socket().remote_endpoint(ignored);
    peer_address_ = peer.address().to_string();
    ignored = socket().set_option(tcp::no_delay(true), ignored);
  }

  asio::any_io_executor executor() override { return socket().get_executor(); }

  asio::awaitable<void> serve() override {
    const bool begun = co_await begin();
    if (begun) co_await serve_requests();
    ended_ = true;
    deadline_timer_.cancel();
    watch_timer_.cancel();
  }

  void close_if_idle() override {
    // Cancelling takes no effect if bytes have just come: then they are served.
    if (idle_since() == Ticks()) return;
    ErrorCode ignored;
    ignored = socket().cancel(ignored);
  }

  void abort() override {
    if (exchange_) exchange_->abandoned = true;
    ErrorCode ignored;
    ignored = socket().close(ignored);
  }

 private:
  tcp::socket& socket() { return transport_.socket(); }

  // From now on, what the connection waits for must have come at that time; then it is cancelled, and the socket stays
  // open for an answer. A timer of Asio's is set only if the time is before the one it is set to; if it finds that the
  // time was moved, it is set again.
  void set_deadline(Ticks at) {
    deadline_ = at;
    timed_out_ = false;
    if (at < deadline_timer_.expiry()) wait_until(at);
  }
  void set_deadline_after(std::chrono::milliseconds time) { set_deadline(ticks() + time); }

  void wait_until(Ticks at) {
    deadline_timer_.expires_at(at);
    deadline_timer_.async_wait([self = this->shared_from_this(), this](ErrorCode cancelled) {
      if (cancelled || ended_) return;
      deadline_timer_.expires_at(Ticks::max());
      const Ticks now = ticks();
      if (now < deadline_) {
        if (deadline_ != Ticks::max()) wait_until(deadline_);
        return;
      }
      timed_out_ = true;
      ErrorCode ignored;
      ignored = socket().cancel(ignored);
      // Again, until the connection goes on: this may have come between two steps of one operation, unnoticed.
      wait_until(now + cancel_pause);
    });
  }

  // Reads what is there into the parser. False at the end of the stream, after the deadline and on errors.
  asio::awaitable<bool> read_some() {
    if (timed_out_) co_return false;
    const std::span<char> room = parser_.prepare();
    const auto [error, count] =
        co_await transport_.stream().async_read_some(asio::buffer(room.data(), room.size()), as_result);
    parser_.commit(count);
    co_return !error;
  }

  // False if the connection ends before its first request.
  asio::awaitable<bool> begin() {
    if constexpr (Transport::encrypted) {
      set_deadline_after(context_.options.handshake_deadline);
      idle_since_ = ticks();  // silent ones make room for others
      const ErrorCode error = co_await transport_.handshake();
      idle_since_ = Ticks();
      if (error && !timed_out_ && Transport::is_plain_http(error)) {
        context_.metrics.shook_hands(Handshake::plain_http);
        co_await answer_plain_http();
        co_return false;
      }
      const Handshake failure = timed_out_ ? Handshake::deadline : Handshake::failed;
      context_.metrics.shook_hands(error ? failure : Handshake::done);
      if (error) context_.log.debug("tls_handshake_failed", {{"peer", peer_address_}, {"reason", error.message()}});
      co_return !error;
    } else {
      co_return true;
    }
  }

  // Tells a client that speaks HTTP in the clear to a port with TLS why it gets nothing.
  asio::awaitable<void> answer_plain_http() {
    api::RequestHead head;
    head.request_id = random_uuid();
    head.peer = peer_address_;
    const api::Response response = context_.service.refuse(
        head, Error(ErrorKind::malformed, "this port speaks TLS: the URL must begin with https"));
    const std::string text = response_head(response, head.request_id, false, context_.clock.now()) + response.body;
    set_deadline_after(context_.options.write_deadline);
    co_await asio::async_write(socket(), asio::buffer(text), as_result);
    co_await drop_rest();
  }

  asio::awaitable<void> serve_requests() {
    std::chrono::milliseconds deadline = context_.options.head_deadline;
    while (co_await wait_for_request(deadline)) {
      const Next next = co_await serve_request();
      if (next == Next::linger) co_await linger();
      if (next != Next::keep_alive) break;
      parser_.next();
      deadline = context_.options.idle_deadline;
    }
  }

  // False if the connection ends here.
  asio::awaitable<bool> wait_for_request(std::chrono::milliseconds deadline) {
    if (context_.stopping) co_return false;
    if (parser_.has_input()) co_return true;
    set_deadline_after(deadline);
    idle_since_ = ticks();
    const bool bytes_came = co_await read_some();
    idle_since_ = Ticks();
    co_return bytes_came;
  }

  // need_more: the client has gone, or was too slow (timed_out_).
  asio::awaitable<Progress> read_head(Transaction& transaction) {
    set_deadline_after(context_.options.head_deadline);
    Progress progress = parser_.parse_head();
    while (progress == Progress::need_more) {
      const bool bytes_came = co_await read_some();
      if (!bytes_came) break;
      progress = parser_.parse_head();
    }
    transaction.head = parser_.take_head();
    transaction.head.request_id = random_uuid();
    transaction.head.trace_id = trace_id_of(sent_trace(transaction.head), context_.clock.now()).text();
    transaction.head.peer = peer_address_;
    transaction.head.secure = Transport::encrypted;
    co_return progress;
  }

  asio::awaitable<Next> serve_request() {
    Transaction transaction;
    const Progress progress = co_await read_head(transaction);
    if (progress == Progress::need_more && !timed_out_) co_return abandon(transaction, Abandonment::client_gone);
    const InFlight in_flight(context_.metrics);
    if (progress != Progress::done) {
      const bool slow = progress == Progress::need_more;
      transaction.refusal = slow ? Refusal::slow_head : Refusal::malformed;
      const Error error = slow ? Error(ErrorKind::overloaded, "the head of the request came too slowly")
                               : Error(ErrorKind::malformed, parser_.problem());
      co_return co_await answer(transaction, context_.service.refuse(transaction.head, error), false);
    }
    transaction.keep_alive = parser_.keep_alive() && reception_ == Reception::serve;
    transaction.awaits_continue = parser_.expects_continue() && !parser_.complete() && !parser_.has_input();

    const std::optional<api::Response> early = admit(transaction);
    if (early) co_return co_await answer_early(transaction, *early, true);
    ByteBudget::Reservation reservation(context_.budget);
    const BodyResult body = co_await read_body(transaction, reservation);
    transaction.body_bytes = parser_.body_bytes();
    if (body == BodyResult::lost) co_return abandon(transaction, Abandonment::client_gone);
    if (body != BodyResult::complete) {
      reservation.release();
      transaction.refusal = refusal_of(body);
      const Error error = body_error(body, parser_, context_.options);
      const api::Response response = context_.service.refuse(transaction.head, error);
      const bool readable = body != BodyResult::malformed && body != BodyResult::too_slow;
      co_return co_await answer_early(transaction, response, readable);
    }
    co_return co_await compute(transaction, std::move(reservation));
  }

  // What answers a request before its body is read, if anything does.
  std::optional<api::Response> admit(Transaction& transaction) {
    if (std::optional<api::Response> health = health_answer(transaction.head)) {
      transaction.log_level = LogLevel::debug;  // probes come every few seconds
      return health;
    }
    if (reception_ == Reception::refuse) {
      transaction.refusal = Refusal::peer_connections;
      return overload_answer(context_.service, transaction.head, "too many connections from this address");
    }
    if (std::optional<api::Response> response = context_.service.admit(transaction.head)) {
      if (response->status >= 400) transaction.refusal = Refusal::service;
      return response;
    }
    if (std::optional<api::Response> response = refuse_by_queue(transaction)) return response;
    const std::uint64_t length = parser_.content_length().value_or(0);
    std::optional<BodyResult> problem;
    if (length > context_.options.max_body_bytes) {
      problem = BodyResult::too_large;
    } else if (!context_.budget.has(length)) {
      problem = BodyResult::over_budget;
    }
    if (!problem) return std::nullopt;
    transaction.refusal = refusal_of(*problem);
    return context_.service.refuse(transaction.head, body_error(*problem, parser_, context_.options));
  }

  // Under overload this is what most requests meet, so it comes before their bodies are read. Between here and the
  // queue others may pass: compute() looks again.
  std::optional<api::Response> refuse_by_queue(Transaction& transaction) {
    const WorkClass work_class = context_.service.work_class(transaction.head);
    const std::chrono::duration<double> patience = context_.options.max_expected_wait;
    if (context_.pool.waiting(work_class) >= context_.pool.capacity(work_class)) {
      transaction.refusal = Refusal::queue;
    } else if (context_.pool.expected_wait(work_class) > patience.count()) {
      transaction.refusal = Refusal::expected_wait;
    } else {
      return std::nullopt;
    }
    return overload_answer(context_.service, transaction.head, too_many_wait);
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

  // The body's deadline moves with what has come of it.
  asio::awaitable<BodyResult> read_body(Transaction& transaction, ByteBudget::Reservation& reservation) {
    const BodyPace pace(context_.options.body_pace, parser_.content_length().value_or(context_.options.max_body_bytes),
                        ticks());
    set_deadline(pace.deadline(0));
    if (transaction.awaits_continue) {
      constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto [error, count] = co_await asio::async_write(transport_.stream(), asio::buffer(go_on), as_result);
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
      set_deadline(pace.deadline(parser_.body_bytes()));
      const bool bytes_came = co_await read_some();
      if (!bytes_came) co_return timed_out_ ? BodyResult::too_slow : BodyResult::lost;
    }
  }

  asio::awaitable<Next> compute(Transaction& transaction, ByteBudget::Reservation reservation) {
    const auto exchange = std::make_shared<Exchange>(executor(), transaction.head, parser_.take_body(),
                                                     std::move(reservation), context_.options.max_wait);
    set_deadline(Ticks::max());
    context_.tasks.begin();
    const WorkClass work_class = context_.service.work_class(transaction.head);
    const bool accepted = context_.pool.try_submit(work_class, [given = exchange, &context = context_]() mutable {
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
      const api::Response response = overload_answer(context_.service, transaction.head, too_many_wait);
      co_return co_await answer(transaction, response, transaction.keep_alive);
    }
    exchange_ = exchange;
    watch_for_disconnect(exchange);
    co_await exchange->done.async_wait(as_result);
    exchange_ = nullptr;
    ErrorCode ignored;
    ignored = socket().cancel(ignored);  // ends the watch
    watch_timer_.cancel();

    transaction.queued_seconds = seconds_between(exchange->submitted, exchange->started);
    transaction.computed_seconds = seconds_between(exchange->started, exchange->finished);
    context_.metrics.dequeued(transaction.queued_seconds);
    if (exchange->response) co_return co_await answer(transaction, *exchange->response, transaction.keep_alive);
    if (exchange->abandoned) co_return abandon(transaction, Abandonment::client_gone);
    transaction.refusal = Refusal::overdue;
    const api::Response response = overload_answer(context_.service, transaction.head,
                                                   "the request waited too long for a processor; try again later");
    co_return co_await answer(transaction, response, transaction.keep_alive);
  }

  // Marks the exchange as abandoned if the client closes while its request waits or is computed. A client that closes
  // only its sending side counts as gone, as it does for nginx: no AWS SDK does that.
  void watch_for_disconnect(const std::shared_ptr<Exchange>& exchange) {
    socket().async_wait(tcp::socket::wait_read, [self = this->shared_from_this(), this, exchange](ErrorCode cancelled) {
      if (!cancelled) look_for_disconnect(exchange);
    });
  }

  // The socket is readable, and stays so: by its end, or by the next request or a message of TLS before it.
  void look_for_disconnect(const std::shared_ptr<Exchange>& exchange) {
    if (exchange_ != exchange) return;
    if (peer_closed()) {
      exchange->abandoned = true;
      return;
    }
    watch_timer_.expires_after(watch_pause);
    watch_timer_.async_wait([self = this->shared_from_this(), this, exchange](ErrorCode cancelled) {
      if (!cancelled) look_for_disconnect(exchange);
    });
  }

  // Whether the other side has closed or reset, also if bytes that came before are not read yet: tcp(7), TCP_INFO.
  bool peer_closed() {
    tcp_info info = {};
    socklen_t size = sizeof(info);
    if (::getsockopt(socket().native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return true;
    return info.tcpi_state != TCP_ESTABLISHED;
  }

  // Answers a request whose body was not read, or not to its end, and drops the rest of the body, at the pace that
  // bodies must keep.
  asio::awaitable<Next> answer_early(Transaction& transaction, const api::Response& response, bool body_is_readable) {
    const std::uint64_t limit = context_.options.max_drain_bytes;
    const bool can_drain =
        body_is_readable && !transaction.awaits_continue && parser_.content_length().value_or(0) <= limit;
    const bool complete = parser_.complete();
    if (!complete) parser_.discard_body(limit);
    const BodyPace pace(context_.options.body_pace, parser_.content_length().value_or(limit), ticks());
    const Next next = co_await answer(transaction, response, transaction.keep_alive && can_drain);
    if (complete || next != Next::keep_alive) co_return next;

    Progress progress = parser_.parse_body();
    while (progress == Progress::need_more) {
      set_deadline(pace.deadline(parser_.body_bytes()));
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
    std::string head = response_head(response, transaction.head.request_id, keep_alive, context_.clock.now());
    std::string_view body = transaction.head.method == "HEAD" ? std::string_view() : response.body;
    if (body.size() <= max_joined_bytes) {
      head += body;
      body = {};
    }
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head), asio::buffer(body)};
    set_deadline_after(context_.options.write_deadline);
    const auto [error, count] = co_await asio::async_write(transport_.stream(), buffers, as_result);
    if (error) co_return abandon(transaction, Abandonment::write_failed);

    if (transaction.refusal) context_.metrics.refused(*transaction.refusal);
    context_.metrics.answered(response, seconds_between(transaction.started, ticks()));
    log(transaction, response, transaction.refusal ? refusal_name(*transaction.refusal) : "");
    co_return keep_alive ? Next::keep_alive : Next::linger;
  }

  // The client gets no answer.
  Next abandon(const Transaction& transaction, Abandonment abandonment) {
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
                              {"peer", peer_address_},
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

  // Closes so that the client sees the answer.
  asio::awaitable<void> linger() {
    if constexpr (Transport::encrypted) {
      set_deadline_after(context_.options.linger_deadline);
      co_await transport_.close_notify();
    }
    co_await drop_rest();
  }

  // Closing a socket with unread bytes sends a reset, which lets the client's system throw away what it has received
  // (RFC 9112 section 9.6).
  asio::awaitable<void> drop_rest() {
    ErrorCode ignored;
    ignored = socket().shutdown(tcp::socket::shutdown_send, ignored);
    set_deadline_after(context_.options.linger_deadline);
    std::array<char, 16 * 1024> dropped;  // NOLINT(cppcoreguidelines-pro-type-member-init): only written
    for (std::uint64_t total = 0; total < context_.options.max_drain_bytes && !timed_out_;) {
      const auto [error, count] = co_await socket().async_read_some(asio::buffer(dropped), as_result);
      if (error) break;
      total += count;
    }
  }

  Transport transport_;
  ServerContext& context_;
  const Reception reception_;
  asio::steady_timer deadline_timer_;  // set for deadline_ or before; Ticks::max() if it is not set
  asio::steady_timer watch_timer_;
  Ticks deadline_ = Ticks::max();
  bool timed_out_ = false;  // the deadline has passed, and no new one was set
  bool ended_ = false;      // serve() has
  RequestParser parser_;
  std::string peer_address_;            // of the client
  std::shared_ptr<Exchange> exchange_;  // the request that is with the pool
};

}  // namespace

std::shared_ptr<Connection> make_connection(tcp::socket socket, ServerContext& context, std::string peer_key,
                                            Reception reception) {
  if (!context.identity) {
    return std::make_shared<StreamConnection<PlainTransport>>(PlainTransport(std::move(socket)), context,
                                                              std::move(peer_key), reception);
  }
  return std::make_shared<StreamConnection<TlsTransport>>(TlsTransport(std::move(socket), context.identity->context()),
                                                          context, std::move(peer_key), reception);
}

}  // namespace likeness::server

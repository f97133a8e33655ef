#include "server/http_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <exception>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/thread_annotations.h"
#include "server/connection.h"
#include "server/peer_key.h"

namespace likeness::server {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// Between looks for a connection to close while new ones wait, and after an error of accept().
constexpr auto accept_pause = std::chrono::milliseconds(100);

Result<void> check(const HttpServerOptions& options) {
  if (options.io_threads < 1 || options.max_connections < 1 || options.max_connections_per_peer < 1 ||
      options.max_head_bytes < 1024) {
    return Error(ErrorKind::invalid_argument,
                 "the server needs one I/O thread, one connection and 1024 bytes for a request's head, at least");
  }
  if (options.body_pace.deadline_rate < 1 || options.body_pace.min_rate < 1) {
    return Error(ErrorKind::invalid_argument, "the rates of request bodies must be one byte a second at least");
  }
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    return Error(ErrorKind::invalid_argument,
                 "TLS needs both a certificate and its key: --tls-cert and --tls-key, or tls.certificate and tls.key");
  }
  if (options.body_budget_bytes < options.max_body_bytes) {
    return Error(ErrorKind::invalid_argument, "the budget for request bodies is smaller than one body may be");
  }
  return {};
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const HttpServerOptions& options, std::unique_ptr<TlsIdentity> identity, api::HttpService& service,
       ThreadPool& pool, const Clock& clock, Logger& log, Metrics& metrics)
      : context_(options, std::move(identity), service, pool, clock, log, metrics),
        strand_(asio::make_strand(io_)),
        acceptor_(strand_),
        room_(strand_),
        stop_deadline_(strand_),
        work_(asio::make_work_guard(io_)) {}

  Result<void> listen() {
    ErrorCode error;
    const asio::ip::address address = asio::ip::make_address(context_.options.address, error);
    if (error) {
      return Error(ErrorKind::invalid_argument,
                   "cannot listen on \"" + context_.options.address.substr(0, 100) + "\": give an IP address");
    }
    TRY(check_plain_http(address));
    const tcp::endpoint wanted(address, context_.options.port);
    error = acceptor_.open(wanted.protocol(), error);
    if (!error) error = acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) error = acceptor_.bind(wanted, error);
    if (!error) error = acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) endpoint_ = acceptor_.local_endpoint(error);
    if (error) {
      return Error(ErrorKind::unavailable, "cannot listen on " + context_.options.address + " port " +
                                               std::to_string(context_.options.port) + ": " + error.message());
    }
    return {};
  }

  [[nodiscard]] const tcp::endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] bool has_tls() const { return context_.identity != nullptr; }

  Result<void> reload_certificate() {
    if (!context_.identity) return {};
    Result<void> reloaded = context_.identity->reload();
    if (reloaded.ok()) {
      show_certificate();
    } else {
      context_.log.error("tls_certificate_kept", {{"reason", reloaded.error().message}});
    }
    return reloaded;
  }

  void start() {
    if (context_.identity) show_certificate();
    asio::co_spawn(strand_, accept_connections(), [this](const std::exception_ptr& failure) { report(failure); });
    for (std::size_t i = 0; i < context_.options.io_threads; ++i) threads_.emplace_back([this] { io_.run(); });
  }

  void stop() {
    const MutexLock lock(stop_mutex_);
    if (stopped_) return;
    stopped_ = true;
    context_.stopping = true;
    asio::post(strand_, [this] { begin_stop(); });
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    context_.tasks.wait_until_none();
  }

 private:
  // Passwords do not travel with SigV4, but pictures, names and answers do.
  [[nodiscard]] Result<void> check_plain_http(const asio::ip::address& address) const {
    const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    const bool loopback =
        mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback() : address.is_loopback();
    if (has_tls() || loopback || context_.options.allow_plain_http) return {};
    return Error(ErrorKind::invalid_argument,
                 "other machines can reach " + context_.options.address +
                     ", and HTTP in the clear would show them pictures and answers: give a certificate (--tls-cert, "
                     "--tls-key; `likeness tls init` makes one for trying), or listen on 127.0.0.1, or allow it with "
                     "--allow-plain-http");
  }

  // Tells operators which certificate is shown: it ends at an hour that nobody looks at otherwise.
  void show_certificate() {
    const Time end = context_.identity->not_after();
    context_.metrics.certificate_end.set(std::chrono::duration<double>(end.time_since_epoch()).count());
    context_.log.info("tls_certificate_loaded",
                      {{"file", context_.options.tls_certificate}, {"not_after", format_rfc3339(end)}});
    if (end <= context_.clock.now()) context_.log.warning("tls_certificate_expired", {});
  }

  asio::awaitable<void> accept_connections() {
    while (acceptor_.is_open()) {
      const auto [no_client] = co_await acceptor_.async_wait(tcp::acceptor::wait_read, as_result);
      while (acceptor_.is_open() && connections_.size() >= context_.options.max_connections) {
        close_longest_idle([](const Connection&) { return true; });
        co_await pause();
      }
      if (no_client || !acceptor_.is_open()) continue;
      tcp::socket socket(asio::make_strand(io_));
      const auto [error] = co_await acceptor_.async_accept(socket, as_result);
      if (!error) {
        receive(std::move(socket));
      } else if (acceptor_.is_open()) {
        context_.metrics.accept_errors.add();
        context_.log.warning("accept_failed", {{"reason", error.message()}});
        co_await pause();
      }
    }
  }

  // Until a connection ends, or a little later.
  asio::awaitable<void> pause() {
    room_.expires_after(accept_pause);
    co_await room_.async_wait(as_result);
  }

  // Among those that `eligible` takes. False if none of them is idle.
  template <typename Eligible>
  bool close_longest_idle(Eligible eligible) {
    std::shared_ptr<Connection> oldest;
    Ticks since = Ticks::max();
    for (const std::shared_ptr<Connection>& connection : connections_) {
      const Ticks idle_since = connection->idle_since();
      const bool idle = idle_since != Ticks() && idle_since != Ticks::min();
      if (!idle || idle_since >= since || !eligible(*connection)) continue;
      oldest = connection;
      since = idle_since;
    }
    if (!oldest || !oldest->choose_to_leave(since)) return false;
    context_.metrics.evicted.add();
    asio::post(oldest->executor(), [oldest] { oldest->close_if_idle(); });
    return true;
  }

  // Applies the cap on connections of one address.
  void receive(tcp::socket socket) {
    ErrorCode gone;
    const tcp::endpoint remote = socket.remote_endpoint(gone);
    if (gone) return;
    const std::string peer = peer_key(remote.address());
    const auto found = connections_by_peer_.find(peer);
    const std::size_t count = found == connections_by_peer_.end() ? 0 : found->second;
    Reception reception = Reception::serve;
    if (count >= 2 * context_.options.max_connections_per_peer) {
      context_.metrics.abandoned(Abandonment::peer_connections);
      return;
    }
    if (count >= context_.options.max_connections_per_peer) {
      const bool made_room = close_longest_idle([&](const Connection& other) { return other.peer() == peer; });
      if (!made_room) reception = Reception::refuse;
    }
    add(make_connection(std::move(socket), context_, peer, reception));
  }

  void add(const std::shared_ptr<Connection>& connection) {
    connections_.insert(connection);
    ++connections_by_peer_[connection->peer()];
    context_.metrics.connections.set(static_cast<double>(connections_.size()));
    asio::co_spawn(connection->executor(), connection->serve(),
                   asio::bind_executor(strand_, [this, connection](const std::exception_ptr& failure) {
                     report(failure);
                     remove(connection);
                   }));
  }

  void remove(const std::shared_ptr<Connection>& connection) {
    connections_.erase(connection);
    const auto count = connections_by_peer_.find(connection->peer());
    if (--count->second == 0) connections_by_peer_.erase(count);
    context_.metrics.connections.set(static_cast<double>(connections_.size()));
    room_.cancel();
    if (connections_.empty()) stop_deadline_.cancel();
  }

  void begin_stop() {
    ErrorCode ignored;
    ignored = acceptor_.close(ignored);
    room_.cancel();
    if (connections_.empty()) return;
    for (const std::shared_ptr<Connection>& connection : connections_) {
      asio::post(connection->executor(), [connection] { connection->close_if_idle(); });
    }
    stop_deadline_.expires_after(context_.options.stop_deadline);
    stop_deadline_.async_wait([this](ErrorCode cancelled) {
      if (!cancelled) abort_all();
    });
  }

  void abort_all() {
    context_.log.warning("stop_deadline_passed", {{"connections", connections_.size()}});
    for (const std::shared_ptr<Connection>& connection : connections_) {
      asio::post(connection->executor(), [connection] { connection->abort(); });
    }
  }

  // Asio reports by error codes here; what is thrown all the same is a lack of memory.
  void report(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      context_.log.error("connection_failed", {{"reason", exception.what()}});
    }
  }

  ServerContext context_;
  asio::io_context io_;
  asio::strand<asio::io_context::executor_type> strand_;
  tcp::endpoint endpoint_;            // constant after listen()
  std::vector<std::thread> threads_;  // constant between start() and stop()

  // Used on the strand only.
  tcp::acceptor acceptor_;
  asio::steady_timer room_;           // cancelled when a connection ends
  asio::steady_timer stop_deadline_;  // of stop()
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::unordered_map<std::string, std::size_t> connections_by_peer_;  // at most one entry a connection

  asio::executor_work_guard<asio::io_context::executor_type> work_;  // keeps run() from returning before stop()
  Mutex stop_mutex_;
  bool stopped_ GUARDED_BY(stop_mutex_) = false;
};

Result<HttpServer> HttpServer::create(const HttpServerOptions& options, api::HttpService& service, ThreadPool& pool,
                                      const Clock& clock, Logger& log, Metrics& metrics) {
  TRY(check(options));
  std::unique_ptr<TlsIdentity> identity;
  if (!options.tls_certificate.empty()) {
    identity = TRY(TlsIdentity::load({.certificate = options.tls_certificate, .key = options.tls_key}));
  }
  auto impl = std::make_unique<Impl>(options, std::move(identity), service, pool, clock, log, metrics);
  TRY(impl->listen());
  return HttpServer(std::move(impl));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;

HttpServer::~HttpServer() {
  if (impl_) impl_->stop();
}

std::string HttpServer::endpoint() const {
  const std::string address = impl_->endpoint().address().to_string();
  const bool brackets = impl_->endpoint().address().is_v6();
  return (brackets ? "[" + address + "]" : address) + ":" + std::to_string(port());
}

std::uint16_t HttpServer::port() const { return impl_->endpoint().port(); }

Result<void> HttpServer::reload_certificate() { return impl_->reload_certificate(); }

const char* HttpServer::scheme() const { return impl_->has_tls() ? "https" : "http"; }

void HttpServer::start() { impl_->start(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace likeness::server

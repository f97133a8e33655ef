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
#include <exception>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/thread_annotations.h"
#include "server/connection.h"

namespace likeness::server {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// Between looks for a connection to close while new ones wait, and after an error of accept().
constexpr auto accept_pause = std::chrono::milliseconds(100);

Result<void> check(const HttpServerOptions& options) {
  if (options.io_threads < 1 || options.max_connections < 1 || options.max_head_bytes < 1024) {
    return Error(ErrorKind::invalid_argument,
                 "the server needs one I/O thread, one connection and 1024 bytes for a request's head, at least");
  }
  if (options.body_budget_bytes < options.max_body_bytes) {
    return Error(ErrorKind::invalid_argument, "the budget for request bodies is smaller than one body may be");
  }
  return {};
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const HttpServerOptions& options, api::HttpService& service, ThreadPool& pool, const Clock& clock, Logger& log,
       Metrics& metrics)
      : context_(options, service, pool, clock, log, metrics),
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

  void start() {
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
  asio::awaitable<void> accept_connections() {
    while (acceptor_.is_open()) {
      const auto [no_client] = co_await acceptor_.async_wait(tcp::acceptor::wait_read, as_result);
      while (acceptor_.is_open() && connections_.size() >= context_.options.max_connections) {
        close_longest_idle();
        co_await pause();
      }
      if (no_client || !acceptor_.is_open()) continue;
      tcp::socket socket(asio::make_strand(io_));
      const auto [error] = co_await acceptor_.async_accept(socket, as_result);
      if (!error) {
        add(make_connection(std::move(socket), context_));
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

  void close_longest_idle() {
    std::shared_ptr<Connection> oldest;
    Ticks since = Ticks::max();
    for (const std::shared_ptr<Connection>& connection : connections_) {
      const Ticks idle_since = connection->idle_since();
      if (idle_since == Ticks() || idle_since >= since) continue;
      oldest = connection;
      since = idle_since;
    }
    if (!oldest) return;
    context_.metrics.evicted.add();
    asio::post(oldest->executor(), [oldest] { oldest->close_if_idle(); });
  }

  void add(const std::shared_ptr<Connection>& connection) {
    connections_.insert(connection);
    context_.metrics.connections.set(static_cast<double>(connections_.size()));
    asio::co_spawn(connection->executor(), connection->serve(),
                   asio::bind_executor(strand_, [this, connection](const std::exception_ptr& failure) {
                     report(failure);
                     remove(connection);
                   }));
  }

  void remove(const std::shared_ptr<Connection>& connection) {
    connections_.erase(connection);
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

  asio::executor_work_guard<asio::io_context::executor_type> work_;  // keeps run() from returning before stop()
  Mutex stop_mutex_;
  bool stopped_ GUARDED_BY(stop_mutex_) = false;
};

Result<HttpServer> HttpServer::create(const HttpServerOptions& options, api::HttpService& service, ThreadPool& pool,
                                      const Clock& clock, Logger& log, Metrics& metrics) {
  TRY(check(options));
  auto impl = std::make_unique<Impl>(options, service, pool, clock, log, metrics);
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

void HttpServer::start() { impl_->start(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace likeness::server

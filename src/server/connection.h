// One client: requests from a stream, answers to it. Internal to the room; http_server.cc makes connections.
//
// Thread rule: serve(), close_if_idle() and abort() run on the connection's strand; idle_since(), choose_to_leave() and
// peer() on any thread.
// Ownership: the coroutine that serve() starts keeps the connection alive; the context outlives all connections.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <utility>

#include "api/http.h"
#include "base/log.h"
#include "base/thread_pool.h"
#include "base/time.h"
#include "server/byte_budget.h"
#include "server/exchange.h"
#include "server/http_server.h"
#include "server/server_metrics.h"
#include "server/task_count.h"
#include "server/tls_identity.h"

namespace likeness::server {

// What all connections of a server share.
struct ServerContext {
  ServerContext(const HttpServerOptions& server_options, std::unique_ptr<TlsIdentity> tls_identity,
                api::HttpService& http_service, ThreadPool& thread_pool, const Clock& wall_clock, Logger& logger,
                Metrics& registry)
      : options(server_options),
        identity(std::move(tls_identity)),
        service(http_service),
        pool(thread_pool),
        clock(wall_clock),
        log(logger),
        metrics(registry, server_options.name),
        budget(server_options.body_budget_bytes, metrics.body_bytes) {}

  // Constant after construction.
  const HttpServerOptions options;
  const std::unique_ptr<TlsIdentity> identity;  // empty: HTTP in the clear
  api::HttpService& service;
  ThreadPool& pool;
  const Clock& clock;
  // These provide their own synchronisation.
  Logger& log;
  ServerMetrics metrics;
  ByteBudget budget;
  TaskCount tasks;                     // given to the pool
  std::atomic<bool> stopping = false;  // requests that are being served are the last of their connections
};

// What a connection does with requests.
enum class Reception {
  serve,
  refuse,  // the first one gets a throttling error, because its address has too many connections, and is the last
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  virtual ~Connection() = default;

  // The strand of the connection.
  [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;
  // Serves requests until one side closes. Starts on the strand.
  [[nodiscard]] virtual boost::asio::awaitable<void> serve() = 0;
  // Ends serve() if no byte of a request has come.
  virtual void close_if_idle() = 0;
  // Cuts the connection; a request that waits for a compute thread is dropped.
  virtual void abort() = 0;

  // Since when the connection waits for the first byte of a request; the epoch if it is serving one; Ticks::min() if it
  // was chosen to leave.
  [[nodiscard]] Ticks idle_since() const { return idle_since_.load(std::memory_order_relaxed); }
  // Chooses the connection to leave, so that it is not chosen again, if it is still idle `since` then.
  [[nodiscard]] bool choose_to_leave(Ticks since) { return idle_since_.compare_exchange_strong(since, Ticks::min()); }
  // What its client counts as, for the cap on connections (peer_key.h).
  [[nodiscard]] const std::string& peer() const { return peer_key_; }

 protected:
  explicit Connection(std::string peer_key) : peer_key_(std::move(peer_key)) {}

  std::atomic<Ticks> idle_since_ = Ticks();  // a hint for the choice of whom to close, ordering nothing else

 private:
  const std::string peer_key_;
};

// A connection in TLS if the context has a certificate, in the clear otherwise.
[[nodiscard]] std::shared_ptr<Connection> make_connection(boost::asio::ip::tcp::socket socket, ServerContext& context,
                                                          std::string peer_key, Reception reception);

}  // namespace likeness::server

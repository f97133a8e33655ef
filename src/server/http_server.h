// A listener for HTTP/1.1, in TLS or in the clear, in front of an api::HttpService.
//
//   HttpServer server = TRY(HttpServer::create(options, service, pool, clock, log, metrics));
//   server.start();
//   std::cout << server.scheme() << "://" << server.endpoint() << std::endl;
//   ... wait for a signal ...
//   server.stop();
//
// The way of a request: the head is read and offered to service.admit() on an I/O thread; if the pool's queue has room
// and is short enough, the body is read; service.handle() runs on a thread of the pool; the answer is written by an
// I/O thread.
// Requests on one connection are served one after another, also if they were sent at once (pipelining). What cannot
// be served is answered at once, through service.refuse(), and then the rest of its body is read and dropped for a
// while, because a client that is still sending would see a reset connection instead of the answer. Who sends too
// slowly is answered too, and then disconnected.
// GET and HEAD of /healthz (200 while the server runs) and /readyz (503 until service.ready()) are answered here.
// Every answer carries x-amzn-RequestId. One line is logged for each request, without headers, queries and bodies.
//
// Thread rule: start() and stop() may be called from any thread, but not from the service or a pool thread.
// Ownership: keeps references; service, pool, clock, log and metrics outlive the server. stop() waits for the tasks
// that it gave to the pool, so the pool must run until then.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "api/http.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "base/time.h"
#include "server/body_pace.h"

namespace likeness::server {

struct HttpServerOptions {
  std::string name = "api";            // label `listener` of the metrics
  std::string address = "127.0.0.1";   // IPv4 or IPv6; no names
  std::uint16_t port = 0;              // 0: a free one
  std::size_t io_threads = 1;          // >= 1; one moves gigabytes a second, and the cores are for the pool
  std::size_t max_connections = 1024;  // >= 1; over it, the longest idle one is closed, or new ones wait in the kernel
  // Connections of one client address (of one /64 network for IPv6), >= 1. Over it, the address's longest idle one is
  // closed; if none is idle, the new one gets a throttling error; over twice as many, it is closed. Half of all, so
  // that no address can shut the others out; a proxy in front, which is one address, wants this raised.
  std::size_t max_connections_per_peer = 512;

  // PEM files: the certificate with those between it and its authority, and its key. Both or none: without them the
  // listener speaks HTTP in the clear.
  std::string tls_certificate;
  std::string tls_key;
  // Whether HTTP in the clear may be spoken on an address that other machines reach.
  bool allow_plain_http = false;

  std::size_t max_head_bytes = std::size_t{16} * 1024;
  // CompareFaces with two pictures of 5 MiB as base64 is 13,981,016 bytes and some JSON.
  std::uint64_t max_body_bytes = std::uint64_t{16} * 1024 * 1024;
  // Bytes of bodies held at once by all connections, counted as they are read; >= one body. A request whose
  // Content-Length is more than what is left is refused before its body is read.
  std::uint64_t body_budget_bytes = std::uint64_t{256} * 1024 * 1024;
  // Read and dropped after a refusal, at most, before the connection is closed.
  std::uint64_t max_drain_bytes = std::uint64_t{64} * 1024 * 1024;

  // A request is refused, before its body is read, if what waits before it is expected to take longer. An answer that
  // comes after its client has given up is wasted work, and SDKs wait for 30 to 60 s, for some seconds if told so.
  std::chrono::milliseconds max_expected_wait = std::chrono::seconds(5);
  // A request that has waited this long all the same (what was before it took longer than such work did lately) is
  // refused instead of computed.
  std::chrono::milliseconds max_wait = std::chrono::seconds(20);

  std::chrono::milliseconds handshake_deadline = std::chrono::seconds(10);  // of TLS, from the connect
  std::chrono::milliseconds head_deadline = std::chrono::seconds(10);       // from its first byte, or from the connect
  std::chrono::milliseconds idle_deadline = std::chrono::seconds(60);       // between requests
  BodyPaceOptions body_pace;                                                // also for what is read and dropped
  std::chrono::milliseconds write_deadline = std::chrono::seconds(30);      // for the whole answer
  std::chrono::milliseconds linger_deadline = std::chrono::seconds(5);      // for the client to close, after an answer
  std::chrono::milliseconds stop_deadline = std::chrono::seconds(30);       // then connections are cut
};

class HttpServer {
 public:
  // Binds and listens; connections wait until start(). Errors: invalid_argument (an option is out of its range, the
  // address is none or is one for which TLS is needed, the certificate cannot be used), unavailable (the port is
  // taken).
  [[nodiscard]] static Result<HttpServer> create(const HttpServerOptions& options, api::HttpService& service,
                                                 ThreadPool& pool, const Clock& clock, Logger& log, Metrics& metrics);
  ~HttpServer();  // stop()
  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) = delete;

  // Reads the certificate and its key again; connections made from then on get the new one. On an error, which is also
  // logged, the old one stays. Without TLS nothing happens.
  Result<void> reload_certificate();

  // "https" or "http".
  [[nodiscard]] const char* scheme() const;
  // "127.0.0.1:8080" or "[::1]:8080", with the port that was chosen.
  [[nodiscard]] std::string endpoint() const;
  [[nodiscard]] std::uint16_t port() const;

  // Starts the I/O threads. Once.
  void start();

  // Stops listening, closes idle connections, answers the requests that were accepted, and returns when the last
  // connection is closed. After `stop_deadline` those that are left are cut, and requests that still wait are dropped;
  // those that are being computed are waited for. A second call waits for the first.
  void stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace likeness::server

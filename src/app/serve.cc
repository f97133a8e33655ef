#include "app/serve.h"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "api/authenticator.h"
#include "api/rekognition_service.h"
#include "app/credentials_file.h"
#include "app/data_folder.h"
#include "app/listen_address.h"
#include "app/pack_folders.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "base/time.h"
#include "pipeline/analyze_image.h"
#include "server/http_server.h"
#include "server/metrics_service.h"

namespace likeness::app {

namespace {

// SIGINT, SIGTERM and SIGHUP, blocked in this thread and in those it makes, so that wait() alone takes them.
class Signals {
 public:
  Signals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a client that went away is an error code, not the end
  }
  // The number of the one that came.
  int wait() {
    int taken = 0;
    sigwait(&signals_, &taken);
    return taken;
  }

 private:
  sigset_t signals_{};
};

// One heap for all threads. glibc would give each thread one of its own, and pictures of many sizes, taken by one
// thread and freed by another, leave gaps in all of them: memory grew by 2 % in 10,000 requests, and stays flat like
// this at the same speed (docs/performance.md). Large blocks are few, so the threads do not meet at its lock.
constexpr int heaps = 1;

LogLevel log_level(const std::string& name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warning") return LogLevel::warning;
  if (name == "error") return LogLevel::error;
  return LogLevel::info;
}

Result<pipeline::AnalyzerOptions> analyzer_options(const ServeOptions& options, unsigned threads) {
  pipeline::AnalyzerOptions analyzer;
  analyzer.packs = TRY(pack_folders(options.packs));
  analyzer.detector = options.detector;
  analyzer.embedder = options.embedder;
  analyzer.runtime.threads = static_cast<int>(threads);
  analyzer.runtime.cache_folder = (options.data / "model-cache").string();
  analyzer.runtime.precision = options.precision == "f32" ? infer::Precision::f32 : infer::Precision::automatic;
  return analyzer;
}

server::HttpServerOptions http_options(const char* name, const ListenAddress& address,
                                       const server::HttpServerOptions& configured) {
  server::HttpServerOptions options = configured;
  options.name = name;
  options.address = address.host;
  options.port = address.port;
  return options;
}

server::HttpServerOptions metrics_options(const ListenAddress& address, const server::HttpServerOptions& configured) {
  server::HttpServerOptions options = http_options("metrics", address, configured);
  if (address.is_loopback()) {
    options.tls_certificate.clear();
    options.tls_key.clear();
  }
  return options;
}

}  // namespace

Result<void> serve(const ServeOptions& options) {
  Signals signals;
  mallopt(M_ARENA_MAX, heaps);
  const ListenAddress listen = TRY(parse_listen_address(options.listen));
  std::optional<ListenAddress> metrics_listen;
  if (!options.metrics_listen.empty()) metrics_listen = TRY(parse_listen_address(options.metrics_listen));
  const DataFolder data = TRY(DataFolder::open(options.data));
  const AccessKey administrator = TRY(administrator_key(data.path()));
  const unsigned threads = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());

  const SystemClock clock;
  Logger logger(log_level(options.log_level));
  Metrics metrics;
  const pipeline::AnalyzerOptions analysis = TRY(analyzer_options(options, threads));
  const std::unique_ptr<pipeline::ImageAnalyzer> analyzer = TRY(pipeline::ImageAnalyzer::create(analysis));
  metrics.gauge("likeness_model_compilations", "Models compiled or read from the cache since the start")
      .set(static_cast<double>(analyzer->compilations()));

  const api::Authenticator authenticator({{administrator.id, administrator.secret}}, options.region, clock);
  api::RateLimiter rates(options.rates, clock);
  api::RekognitionService service({.analyzer = *analyzer}, authenticator, metrics, &rates);
  ThreadPool pool(threads, options.queue_per_thread * threads);
  server::HttpServer server =
      TRY(server::HttpServer::create(http_options("api", listen, options.http), service, pool, clock, logger, metrics));

  server::MetricsService metrics_service(metrics);
  std::optional<server::HttpServer> metrics_server;
  if (metrics_listen) {
    metrics_server.emplace(TRY(server::HttpServer::create(metrics_options(*metrics_listen, options.http),
                                                          metrics_service, pool, clock, logger, metrics)));
    metrics_server->start();
  }
  server.start();
  logger.info("started", {{"endpoint", server.endpoint()}, {"region", options.region}, {"threads", threads}});
  std::cout << server.scheme() << "://" << server.endpoint() << '\n';
  if (metrics_server) {
    std::cout << "metrics " << metrics_server->scheme() << "://" << metrics_server->endpoint() << "/metrics\n";
  }
  std::cout << std::flush;

  while (signals.wait() == SIGHUP) {
    (void)server.reload_certificate();  // logs what is wrong with it
    if (metrics_server) (void)metrics_server->reload_certificate();
  }
  logger.info("stopping", {});
  server.stop();
  if (metrics_server) metrics_server->stop();
  pool.drain();
  logger.info("stopped", {});
  return {};
}

}  // namespace likeness::app

#include "app/serve.h"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "api/audit_log.h"
#include "api/authenticator.h"
#include "api/authorization.h"
#include "api/rekognition_service.h"
#include "api/s3_objects.h"
#include "app/audit_file.h"
#include "app/control_commands.h"
#include "app/control_socket.h"
#include "app/data_folder.h"
#include "app/folder_commands.h"
#include "app/folder_services.h"
#include "app/gallery_services.h"
#include "app/gallery_upkeep.h"
#include "app/listen_address.h"
#include "app/pack_folders.h"
#include "app/process_hardening.h"
#include "app/reload.h"
#include "app/reload_command.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "base/time.h"
#include "pipeline/analyze_image.h"
#include "remote/create_object_store.h"
#include "server/http_server.h"
#include "server/metrics_service.h"

namespace likeness::app {

namespace {

// Requests that wait for the object store beside those that compute: 240 MiB of pictures at most. More are refused.
constexpr std::size_t most_fetches = 16;

// SIGINT, SIGTERM and SIGHUP, blocked in this thread and in those it makes, so that wait() alone takes them.
class Signals {
 public:
  Signals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    (void)std::signal(SIGPIPE, SIG_IGN);  // a client that went away is an error code, not the end
  }
  // Returns when the end is asked for; SIGHUP asks for new settings.
  void wait(Reloader& reloader) {
    int taken = 0;
    do {
      sigwait(&signals_, &taken);
      if (taken == SIGHUP) (void)reloader.reload();  // it has logged what it did, or why not
    } while (taken == SIGHUP);
  }

 private:
  sigset_t signals_{};
};

// Requests that share a scan of a large collection, beside those that compute. One scan serves this many at little more
// than the cost of one (docs/performance.md); the memory of each is a request's.
constexpr std::size_t most_searches = 64;

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

std::chrono::milliseconds of_seconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1e3));
}

server::HttpServerOptions http_options(const char* name, const ListenAddress& address, const ServeOptions& settings) {
  const LimitSettings& limits = settings.limits;
  server::HttpServerOptions options;
  options.name = name;
  options.address = address.host;
  options.port = address.port;
  options.tls_certificate = settings.tls_certificate;
  options.tls_key = settings.tls_key;
  options.allow_plain_http = settings.allow_plain_http;
  options.max_connections = limits.connections;
  options.max_connections_per_peer = limits.connections_per_peer;
  options.max_expected_wait = of_seconds(limits.max_expected_wait);
  options.max_wait = of_seconds(limits.max_wait);
  options.head_deadline = of_seconds(limits.head_deadline);
  options.body_pace.grace = of_seconds(limits.body_grace);
  options.body_pace.min_rate = limits.min_body_rate;
  return options;
}

Result<Logger> make_logger(const ServeOptions& options) {
  if (options.log_file.empty()) return Logger(log_level(options.log_level));
  return Logger::to_file(options.log_file.string(), log_level(options.log_level));
}

void add_log_actions(Reloader& reloader, Logger& logger) {
  reloader.add("log.", [&logger](const ServeOptions& options) -> Result<void> {
    logger.set_minimum(log_level(options.log_level));
    return logger.reopen();
  });
}

void add_audit_action(Reloader& reloader, AuditFile& audit) {
  reloader.add("audit.", [&audit](const ServeOptions& options) {
    return audit.open(options.audit_file, options.audit_required);
  });
}

void add_tls_action(Reloader& reloader, server::HttpServer& server) {
  // The names of the files are the listener's from its start on; what is in them may have changed.
  reloader.add("tls.", [&server](const ServeOptions& /*options*/) { return server.reload_certificate(); });
}

// TLS only where other machines reach the numbers: on loopback a scraper needs no certificate.
server::HttpServerOptions metrics_options(const ListenAddress& address, const ServeOptions& settings) {
  server::HttpServerOptions options = http_options("metrics", address, settings);
  if (address.is_loopback()) {
    options.tls_certificate.clear();
    options.tls_key.clear();
  }
  return options;
}

}  // namespace

Result<void> serve(const LoadedSettings& settings, const SettingsLoader& load) {
  const ServeOptions& options = settings.options;
  if (!options.core_dumps) keep_memory_private();
  Signals signals;
  mallopt(M_ARENA_MAX, heaps);
  const ListenAddress listen = TRY(parse_listen_address(options.listen));
  std::optional<ListenAddress> metrics_listen;
  if (!options.metrics_listen.empty()) metrics_listen = TRY(parse_listen_address(options.metrics_listen));
  const DataFolder data = TRY(DataFolder::open(options.data));
  const unsigned threads = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());

  const SystemClock clock;
  Logger logger = TRY(make_logger(options));
  for (const std::string& warning : settings.warnings) logger.warning("settings", {{"problem", warning}});
  Reloader reloader(options, load, logger);
  add_log_actions(reloader, logger);
  const std::unique_ptr<FolderServices> services =
      TRY(FolderServices::open(data, folder_options(options), Administrator::made_if_missing, clock, logger));
  forget_variable("LIKENESS_SECRET_ACCESS_KEY");
  ControlCommands commands;
  add_folder_commands(commands, *services);
  add_reload_command(commands, reloader);
  const std::unique_ptr<ControlSocket> control = TRY(ControlSocket::create(data.path(), commands, logger));
  Metrics metrics;
  remote::SystemPacer pacer;
  const remote::ObjectStoreOptions store_options = TRY(object_store_options(options.objects, options.region));
  const std::unique_ptr<remote::ObjectStore> object_store =
      TRY(remote::create_object_store(store_options, clock, pacer, logger));
  const pipeline::AnalyzerOptions analysis = TRY(analyzer_options(options, threads));
  const std::unique_ptr<pipeline::ImageAnalyzer> analyzer = TRY(pipeline::ImageAnalyzer::create(analysis));
  metrics.gauge("likeness_model_compilations", "Models compiled or read from the cache since the start")
      .set(static_cast<double>(analyzer->compilations()));

  const std::size_t queue = options.limits.queue_per_thread * threads;
  ThreadPool pool(threads, {queue, queue, queue}, {object_store ? most_fetches : 0, most_searches});
  std::optional<api::S3Objects> objects;
  if (object_store) objects.emplace(*object_store, pool);
  const api::Authenticator authenticator(services->keys(), options.account, options.region, clock);
  const api::StoredResourceTags resource_tags(services->store());
  const api::Authorizer authorizer(services->policies(), resource_tags);
  AuditFile audit_file;
  TRY(audit_file.open(options.audit_file, options.audit_required));
  add_audit_action(reloader, audit_file);
  api::AuditLog audit(audit_file, {options.account, options.region}, clock, logger, metrics);
  const std::unique_ptr<GalleryServices> gallery =
      TRY(GalleryServices::open({.data = data.path(), .scope = services->scope(), .threads = threads, .pool = &pool},
                                services->store(), services->master_key(), *analyzer, clock, logger));
  api::RateLimiter rates({.per_key = options.limits.rate_per_key, .global = options.limits.rate_global}, clock);
  api::RekognitionService service({.analyzer = *analyzer,
                                   .collections = gallery->collections,
                                   .collection_deletion = gallery->collection_deletion,
                                   .users = gallery->users,
                                   .faces = gallery->faces,
                                   .search = gallery->search,
                                   .associations = gallery->associations,
                                   .corrections = gallery->corrections,
                                   .page_tokens = gallery->page_tokens,
                                   .idempotent_calls = gallery->idempotent_calls,
                                   .objects = objects ? &*objects : nullptr},
                                  authenticator, authorizer, metrics, &audit, &rates);
  server::HttpServer server =
      TRY(server::HttpServer::create(http_options("api", listen, options), service, pool, clock, logger, metrics));

  server::MetricsService metrics_service(metrics);
  std::optional<server::HttpServer> metrics_server;
  if (metrics_listen) {
    metrics_server.emplace(TRY(server::HttpServer::create(metrics_options(*metrics_listen, options), metrics_service,
                                                          pool, clock, logger, metrics)));
    metrics_server->start();
  }
  add_tls_action(reloader, server);
  if (metrics_server) add_tls_action(reloader, *metrics_server);
  reloader.start();
  server.start();
  logger.info("started", {{"endpoint", server.endpoint()},
                          {"region", options.region},
                          {"config", settings.file.string()},
                          {"threads", threads}});
  std::cout << server.scheme() << "://" << server.endpoint() << '\n';
  if (metrics_server) {
    std::cout << "metrics " << metrics_server->scheme() << "://" << metrics_server->endpoint() << "/metrics\n";
  }
  std::cout << std::flush;

  {
    const GalleryUpkeep upkeep(*gallery);
    signals.wait(reloader);
  }
  logger.info("stopping", {});
  server.stop();
  if (metrics_server) metrics_server->stop();
  pool.drain();
  gallery->save();
  logger.info("stopped", {});
  return {};
}

}  // namespace likeness::app

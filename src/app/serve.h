// `likeness serve`: everything made in dependency order, and run until a signal asks for the end.
//
// Thread rule: called once, from main(), before any other thread exists (it blocks the signals it waits for).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "api/rate_limiter.h"
#include "base/log.h"
#include "base/result.h"
#include "server/http_server.h"

namespace likeness::app {

struct ServeOptions {
  std::filesystem::path data;
  std::string listen = "127.0.0.1:8080";
  std::string metrics_listen;  // empty: no metrics listener
  std::string region = "us-east-1";
  std::vector<std::filesystem::path> packs;  // empty: see pack_folders()
  std::string detector = "yunet_s";
  std::string embedder = "fr_feature";
  std::string precision = "auto";  // or "f32"
  unsigned threads = 0;            // compute threads; 0: one for each core
  std::string log_level = "info";
  // Waiting requests of each class for each compute thread: some seconds of work, within an SDK's patience. More are
  // refused at once.
  std::size_t queue_per_thread = 64;
  api::RateLimits rates;
  // TLS and limits of the listeners; name, address and port are set by serve(). The metrics listener uses TLS only
  // where other machines reach it: on loopback a scraper needs no certificate.
  server::HttpServerOptions http;
};

// Prints the endpoint on a line of its own once it answers. SIGHUP reads the TLS certificate again. Returns after
// SIGINT or SIGTERM, when what was accepted is answered.
[[nodiscard]] Result<void> serve(const ServeOptions& options);

}  // namespace likeness::app

// What `likeness serve` can be told. Each member but the data folder has a row in the table of settings.h, which says
// what it means and what it may be; what a fresh ServeOptions holds is the default.
//
// Thread rule: a plain value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/object_store_options.h"

namespace likeness::app {

// Numbers of docs/limits.md; durations in seconds.
struct LimitSettings {
  std::uint64_t connections = 1024;
  std::uint64_t connections_per_peer = 512;
  std::uint64_t queue_per_thread = 64;  // requests of each class that wait for each compute thread
  double max_expected_wait = 5;
  double max_wait = 20;
  double head_deadline = 10;
  double body_grace = 10;
  std::uint64_t min_body_rate = std::uint64_t{4} * 1024;  // bytes a second
  double rate_per_key = 0;                                // requests a second; 0: no limit
  double rate_global = 0;                                 // the same, of all keys together
};

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
  std::filesystem::path log_file;  // empty: standard error
  // Twelve zeros: no account of AWS's, and what its emulators use.
  std::string account = "000000000000";
  std::filesystem::path master_key_file;  // empty: see load_master_key()
  std::filesystem::path audit_file;       // empty: none
  bool audit_required = false;
  ObjectStoreFlags objects;
  LimitSettings limits;
  std::string tls_certificate;  // PEM files, both or none
  std::string tls_key;
  bool allow_plain_http = false;
  bool core_dumps = false;  // true: process_hardening.h is not applied, for debugging
};

}  // namespace likeness::app

// What `likeness serve` can be told. Each member but the data folder has a row in the table of settings.h, which says
// what it means and what it may be; what a fresh ServeOptions holds is the default.
//
// Thread rule: a plain value.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/object_store_options.h"

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
  std::filesystem::path log_file;  // empty: standard error
  // Twelve zeros: no account of AWS's, and what its emulators use.
  std::string account = "000000000000";
  std::filesystem::path master_key_file;  // empty: see load_master_key()
  std::filesystem::path audit_file;       // empty: none
  bool audit_required = false;
  ObjectStoreFlags objects;
  bool core_dumps = false;  // true: process_hardening.h is not applied, for debugging
};

}  // namespace likeness::app

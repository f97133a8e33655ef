// New settings for a running server: read again, compared with those in force, and brought into force where that can be
// done without a restart.
//
// Thread rule: add() before start(); reload() may be called from any thread at any time, one runs at a time.
// Ownership: keeps a reference to the logger, which must outlive it; the actions may refer to whatever outlives it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/load_settings.h"
#include "base/log.h"
#include "base/result.h"
#include "base/thread_annotations.h"

namespace likeness::app {

struct ReloadReport {
  std::vector<std::string> changed;       // names of settings whose new value is in force
  std::vector<std::string> need_restart;  // names of settings whose new value waits for a restart
  std::vector<std::string> problems;      // what could not be brought into force; the old values go on
};

// For the one who asked, a line for each of the three.
[[nodiscard]] std::string report_text(const ReloadReport& report);

class Reloader {
 public:
  // Brings the settings of one group into force, and reads again what they name, also if they stayed the same (a file
  // may have been replaced under its name). If it fails, everything of the group must be as it was.
  using Action = std::function<Result<void>(const ServeOptions& options)>;

  Reloader(ServeOptions in_force, SettingsLoader load, Logger& log)
      : in_force_(std::move(in_force)), load_(std::move(load)), log_(log) {}

  // `group` is the start of the names that the action is for: "log." or "audit.".
  void add(std::string_view group, Action action) { actions_.emplace_back(group, std::move(action)); }

  // From now on settings can be reloaded: everything that has some was made.
  void start();

  // Logs what it did. Errors: resource_not_ready (before start()), those of load_settings(); then nothing changed.
  [[nodiscard]] Result<ReloadReport> reload();

 private:
  std::vector<std::pair<std::string, Action>> actions_;
  Mutex mutex_;
  bool started_ GUARDED_BY(mutex_) = false;
  ServeOptions in_force_ GUARDED_BY(mutex_);
  SettingsLoader load_;
  Logger& log_;
};

}  // namespace likeness::app

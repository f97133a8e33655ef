// The settings of one start, or of one reload: defaults, then the file, then the environment, then the command line.
//
// Thread rule: a free function on values.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "app/settings.h"
#include "base/result.h"

namespace likeness::app {

// Names and values of variables that start with "LIKENESS_".
using Environment = std::vector<std::pair<std::string, std::string>>;

// A copy of the process's, without the administrator's key (credentials_file.h), which is no setting and a secret.
[[nodiscard]] Environment read_environment();

struct SettingsSources {
  ServeOptions options;          // what has no row in the table, above all the data folder
  std::filesystem::path config;  // --config; empty: DATA/likeness.toml, if it is there
  Environment environment;
  std::vector<std::pair<const Setting*, std::vector<std::string>>> flags;  // as set_from_parts() takes them
};

struct LoadedSettings {
  ServeOptions options;
  std::filesystem::path file;         // that was read; empty: none
  std::vector<std::string> warnings;  // variables that are no setting
};

// Errors: those of apply_configuration_file(); invalid_argument for a variable or flag, by its name.
[[nodiscard]] Result<LoadedSettings> load_settings(const SettingsSources& sources);

// load_settings() with the sources of this process, for reloads.
using SettingsLoader = std::function<Result<LoadedSettings>()>;

}  // namespace likeness::app

#include "app/load_settings.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "app/setting_value.h"
#include "app/settings_file.h"
#include "app/suggest.h"

namespace likeness::app {

namespace {

constexpr std::string_view prefix = "LIKENESS_";
// Variables that are no settings: the administrator's key (credentials_file.h).
constexpr std::array<std::string_view, 5> key_variables = {"LIKENESS_ACCESS_KEY_ID", "LIKENESS_SECRET_ACCESS_KEY",
                                                           "LIKENESS_S3_ACCESS_KEY_ID", "LIKENESS_S3_SECRET_ACCESS_KEY",
                                                           "LIKENESS_S3_SESSION_TOKEN"};

std::string unknown_variable(const std::string& name) {
  std::vector<std::string> names(key_variables.begin(), key_variables.end());
  for (const Setting& setting : settings()) names.push_back(environment_name(setting));
  const std::string_view closest = suggest(name, std::vector<std::string_view>(names.begin(), names.end()));
  // The value is not said: it may be a secret under a mistyped name.
  const std::string hint = closest.empty() ? std::string() : "; did you mean " + std::string(closest) + "?";
  return "the environment's " + name.substr(0, 100) + " is no setting and has no effect" + hint;
}

Result<void> apply_environment(const Environment& environment, LoadedSettings& loaded) {
  for (const auto& [name, value] : environment) {
    const auto all = settings();
    const auto setting = std::find_if(all.begin(), all.end(),
                                      [&](const Setting& candidate) { return environment_name(candidate) == name; });
    if (setting != all.end()) {
      const Result<void> set = set_from_text(*setting, loaded.options, value);
      if (!set.ok()) return set.error().within("the environment's " + name);
    } else {
      loaded.warnings.push_back(unknown_variable(name));
    }
  }
  return {};
}

}  // namespace

Environment read_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (!text.starts_with(prefix) || equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    if (std::find(key_variables.begin(), key_variables.end(), name) != key_variables.end()) continue;
    environment.emplace_back(name, text.substr(equals + 1));
  }
  return environment;
}

Result<LoadedSettings> load_settings(const SettingsSources& sources) {
  LoadedSettings loaded;
  loaded.options = sources.options;
  loaded.file = sources.config;
  if (loaded.file.empty()) {
    std::error_code ignored;  // a folder that cannot be looked into is reported when it is opened
    const std::filesystem::path beside_data = sources.options.data / "likeness.toml";
    if (std::filesystem::exists(beside_data, ignored)) loaded.file = beside_data;
  }
  if (!loaded.file.empty()) TRY(apply_configuration_file(loaded.file, loaded.options));
  TRY(apply_environment(sources.environment, loaded));
  for (const auto& [setting, parts] : sources.flags) {
    const Result<void> set = set_from_parts(*setting, loaded.options, parts);
    if (!set.ok()) return set.error().within(std::string(setting->flag));
  }
  return loaded;
}

}  // namespace likeness::app

#include "app/setting_flags.h"

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "app/setting_value.h"

namespace likeness::app {

namespace {

// CLI11 refuses a value as it is parsed, with its own exit code.
CLI::Validator checked(const Setting& setting) {
  return {[&setting](std::string& text) {
            ServeOptions scratch;
            const Result<void> set = set_from_parts(setting, scratch, std::span(&text, 1));
            return set.ok() ? std::string() : set.error().message;
          },
          std::string()};
}

void add_flag(CLI::App& command, SettingsSources& sources, const Setting& setting) {
  const std::string flag(setting.flag);
  const std::string meaning(setting.meaning);
  const auto take_all = [&sources, &setting](const std::vector<std::string>& parts) {
    sources.flags.emplace_back(&setting, parts);
  };
  const auto take = [take_all](const std::string& text) { take_all({text}); };
  ServeOptions defaults;
  const Slot slot = setting.slot(defaults);
  if (std::holds_alternative<bool*>(slot)) {
    command.add_flag_function(flag, [take](std::int64_t count) { take(count > 0 ? "true" : "false"); }, meaning);
    return;
  }
  const bool is_list = std::holds_alternative<std::vector<std::filesystem::path>*>(slot) ||
                       std::holds_alternative<std::vector<std::string>*>(slot);
  if (is_list) {
    command.add_option_function<std::vector<std::string>>(flag, take_all, meaning + "; may be repeated")
        ->check(checked(setting));
    return;
  }
  CLI::Option* option = command.add_option_function<std::string>(flag, take, meaning)->check(checked(setting));
  std::string shown = toml_text(setting, defaults);
  if (shown.starts_with('"')) shown = shown.substr(1, shown.size() - 2);
  if (!shown.empty()) option->default_str(shown);
  if (!setting.choices.empty() || !range_text(setting).empty()) option->type_name(accepted(setting));
}

}  // namespace

void add_setting_flags(CLI::App& command, SettingsSources& sources) {
  command.add_option("--data", sources.options.data, "Data folder; made if it does not exist")->required();
  command.add_option("--config", sources.config, "Configuration file; by default DATA/likeness.toml, if it is there");
  for (const Setting& setting : settings()) {
    if (!setting.flag.empty()) add_flag(command, sources, setting);
  }
}

}  // namespace likeness::app

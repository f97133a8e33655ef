#include "app/config_command.h"

#include <ostream>
#include <string_view>
#include <vector>

#include "app/setting_value.h"
#include "app/settings.h"
#include "app/settings_file.h"

namespace likeness::app {

namespace {

constexpr std::string_view markdown_head = R"(# Configuration

This page is what `likeness config reference` prints; a test fails if it is stale.

A setting can be given in four places; a later one of this list wins over an earlier one:

1. its default;
2. the configuration file, TOML: `likeness serve --config FILE`, or else `likeness.toml` in the data folder, if it is there.
   `likeness config reference --format toml` prints one to start from, `likeness config check FILE` says whether a file is right;
3. the environment: `LIKENESS_SERVER_LISTEN` for `server.listen`. A list is written with commas. A variable that starts with `LIKENESS_`
   and is no setting is warned about in the log. (`LIKENESS_ACCESS_KEY_ID` and `LIKENESS_SECRET_ACCESS_KEY` are no settings: they
   are the first administrator's key, and only the environment has them.);
4. the command line: the flag.

A relative path in the file starts at the file's folder, elsewhere at the working directory.

Unknown tables and keys, values of another type and values out of their range are refused with file and line, and nothing starts.
On SIGHUP and on `likeness config reload` a running server reads all four places again. Settings marked *reload* change then, the
others are named in the log and wait for a restart; a file that is wrong changes nothing, and the log says why.
)";

std::string_view table_of(const Setting& setting) { return setting.name.substr(0, setting.name.find('.')); }
std::string_view key_of(const Setting& setting) { return setting.name.substr(setting.name.find('.') + 1); }

// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

}  // namespace

std::string reference_markdown() {
  ServeOptions defaults;
  std::string page(markdown_head);
  std::string_view table;
  for (const Setting& setting : settings()) {
    if (table != table_of(setting)) {
      table = table_of(setting);
      page.append("\n## ").append(table).append("\n\n| setting | default | takes | changes | flag | meaning |\n");
      page.append("|---|---|---|---|---|---|\n");
    }
    page.append("| `").append(setting.name).append("` | `").append(toml_text(setting, defaults)).append("` | ");
    page.append(cell(accepted(setting)));
    page.append(setting.applies == Applies::on_reload ? " | reload | " : " | restart | ");
    if (!setting.flag.empty()) page.append("`").append(setting.flag).append("`");
    page.append(" | ").append(cell(setting.meaning)).append(" |\n");
  }
  return page;
}

std::string reference_toml() {
  ServeOptions defaults;
  std::string text =
      "# The configuration of a Likeness server. Each setting stands here with its default; take away the '#' to "
      "change "
      "it.\n# `likeness config check FILE` says whether the file is right, `likeness config reload` brings into force "
      "what can\n# change while the server runs; docs/configuration.md explains the rest.\n";
  std::string_view table;
  for (const Setting& setting : settings()) {
    if (table != table_of(setting)) {
      table = table_of(setting);
      text.append("\n[").append(table).append("]\n");
    }
    text.append("# ").append(setting.meaning).append(".\n# Takes ").append(accepted(setting));
    text.append(setting.applies == Applies::on_reload ? "; changes on reload.\n" : "; changes at a restart.\n");
    text.append("#").append(key_of(setting)).append(" = ").append(toml_text(setting, defaults)).append("\n");
  }
  return text;
}

Result<void> check_configuration(const std::filesystem::path& file, std::ostream& out) {
  ServeOptions options;
  const std::vector<const Setting*> named = TRY(apply_configuration_file(file, options));
  out << file.string() << ": right; it sets " << named.size() << " of " << settings().size() << " settings\n";
  return {};
}

}  // namespace likeness::app

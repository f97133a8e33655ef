// Every setting of `likeness serve`, in one table: its name, where it is kept, its range, whether a running server
// takes a new value, and what it means. The configuration file, the environment, the flags of the command line,
// `likeness config reference` and docs/configuration.md are all made from this table; there is no other list.
//
// A setting's value lives in ServeOptions, and its default is what a fresh ServeOptions holds.
//
// Precedence, lowest first: the default, the configuration file, the environment (LIKENESS_SERVER_LISTEN for
// server.listen), the command line.
//
// Thread rule: constants and free functions on values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/serve_options.h"
#include "base/result.h"

namespace likeness::app {

// Where a value is kept. The type says what is accepted: text, a path, lists of both, whole numbers that are not
// negative, numbers, true or false.
using Slot = std::variant<std::string*, std::filesystem::path*, std::vector<std::string>*,
                          std::vector<std::filesystem::path>*, unsigned*, std::uint64_t*, double*, bool*>;

enum class Applies {
  at_start,   // a new value needs a restart; a reload names it in the log
  on_reload,  // SIGHUP or `likeness config reload` brings it into force
};

struct Setting {
  std::string_view name;       // "server.listen": a table of the file and a key in it
  std::string_view flag = {};  // "--listen"; empty: no flag
  std::string_view meaning;    // one line, for the reference and for --help
  Slot (*slot)(ServeOptions& options);
  Applies applies = Applies::at_start;
  // Numbers: inclusive.
  double min = 0;
  double max = static_cast<double>(std::numeric_limits<unsigned>::max());
  std::string_view choices = {};                           // texts: the allowed ones, with '|' between them
  Result<void> (*check)(std::string_view text) = nullptr;  // texts: what else they must be; an empty text is not asked
};

// By name, tables together.
[[nodiscard]] std::span<const Setting> settings();

// Null if there is none of that name.
[[nodiscard]] const Setting* find_setting(std::string_view name);

// "LIKENESS_SERVER_LISTEN" for "server.listen".
[[nodiscard]] std::string environment_name(const Setting& setting);

}  // namespace likeness::app

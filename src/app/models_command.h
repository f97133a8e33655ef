// `likeness models`: what is installed, from whom, under which licence, and whether it is whole; and `likeness models
// check PACK`: whether a pack does here what it should.
//
// Thread rule: called once, from main().
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace likeness::app {

struct ModelsOptions {
  std::vector<std::filesystem::path> packs;
  std::vector<std::string> checked;  // names of packs, or their folders; empty: all are listed
  std::filesystem::path pictures;    // astronaut.png and chelsea.png; empty: those that are installed
  std::string precision = "auto";    // or "f32"
};

// Returns the command that was added.
CLI::App* add_models_command_line(CLI::App& program, ModelsOptions& options);

// Writes a block for each pack. Errors: not_found (there are no packs), corrupt (some pack is not whole, or does not do
// what it should; all are looked at first), and those of evaluate::check_pack().
[[nodiscard]] Result<void> list_or_check_models(const ModelsOptions& options, std::ostream& out);

}  // namespace likeness::app

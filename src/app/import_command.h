// `likeness import`: a folder of people into a collection of a running server, as any client of its API would do it.
//
// Thread rule: called once, from main().
#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <string>

#include "app/api_endpoint.h"
#include "base/result.h"
#include "base/time.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace likeness::app {

struct ImportCommandOptions {
  std::filesystem::path folder;
  std::string layout = "people";
  std::string collection;
  bool create = false;
  bool only_look = false;
  ApiEndpointOptions server;
  std::string quality = "AUTO";  // of QualityFilter
  std::size_t parallel = 2;
  std::filesystem::path state;   // empty: ./likeness-import-<collection>.state
  std::filesystem::path report;  // empty: none
};

// Returns the command that was added.
CLI::App* add_import_command_line(CLI::App& program, ImportCommandOptions& options);

// Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Progress and the summary go to `out`. What was refused is
// in the report and no error. Errors: those that ended the import; it goes on when it is called again.
[[nodiscard]] Result<void> import_folder(const ImportCommandOptions& options, const Clock& clock, std::ostream& out);

}  // namespace likeness::app

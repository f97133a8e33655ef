// `likeness reindex`: a collection made anew, for another embedder, from the pictures that are still there.
//
// Thread rule: called once, from main().
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "app/api_endpoint.h"
#include "base/result.h"
#include "base/time.h"

namespace likeness::app {

struct ReindexCommandOptions {
  std::filesystem::path pictures;
  std::string from;
  std::string into;
  ApiEndpointOptions server;
  std::filesystem::path report;  // empty: none
};

// Returns the command that was added.
CLI::App* add_reindex_command_line(CLI::App& program, ReindexCommandOptions& options);

// Progress and the summary go to `out`; what could not be made anew is in the report and no error. Errors: those that
// ended it; called again it goes on.
[[nodiscard]] Result<void> reindex_collection(const ReindexCommandOptions& options, const Clock& clock,
                                              std::ostream& out);

}  // namespace likeness::app

// `likeness config`: what can be set, and whether a file is right.
//
// Thread rule: free functions.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "base/result.h"

namespace likeness::app {

// Every setting with its default and its meaning: docs/configuration.md as it must be.
[[nodiscard]] std::string reference_markdown();
// The same as a file to start from: every setting, with its default, commented out.
[[nodiscard]] std::string reference_toml();

// Says that `file` is right, on `out`. Errors: those of apply_configuration_file().
[[nodiscard]] Result<void> check_configuration(const std::filesystem::path& file, std::ostream& out);

}  // namespace likeness::app

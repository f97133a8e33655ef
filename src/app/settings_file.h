// The configuration file: TOML into ServeOptions, by the table of settings.h.
//
// Whatever is wrong is said with file and line: no TOML, an unknown table or key (with the closest known name), a value
// of another type, a value out of its range. A relative path means one beside the file.
//
// Thread rule: free functions on values.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "base/result.h"

namespace likeness::app {

inline constexpr std::size_t max_configuration_bytes = std::size_t{1} << 20;  // a long file has some thousand bytes
inline constexpr std::size_t max_problems = 20;                               // told at once

// Reads `text` as the content of `file` (for messages and relative paths) into `options`; what it does not name stays.
// Gives the settings that it names. Errors: invalid_argument, a line for each problem; `options` is then half-changed.
[[nodiscard]] Result<std::vector<const Setting*>> apply_configuration(std::string_view text,
                                                                      const std::filesystem::path& file,
                                                                      ServeOptions& options);

// The same from the disk. Errors besides: not_found, unavailable (cannot be read), invalid_argument (too large).
[[nodiscard]] Result<std::vector<const Setting*>> apply_configuration_file(const std::filesystem::path& file,
                                                                           ServeOptions& options);

}  // namespace likeness::app

// One value of a setting: from text (environment and command line), to text (reference), compared (reload).
//
// Thread rule: free functions on values.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/settings.h"
#include "base/result.h"

namespace likeness::app {

// What is accepted, in words: "text", "path", "list of paths", "whole number", "number", "true or false", and for
// choices "debug, info, warning or error".
[[nodiscard]] std::string accepted(const Setting& setting);

// The range of a number, "0 to 1024"; empty for everything else.
[[nodiscard]] std::string range_text(const Setting& setting);

// A list is written with commas between its elements and replaces what was there. Errors: invalid_argument, saying what
// is accepted.
[[nodiscard]] Result<void> set_from_text(const Setting& setting, ServeOptions& options, std::string_view text);

// The same from the values of a flag: a list has an element for each time it was given, whatever is in it; of
// everything else the last one counts. Precondition: there is one.
[[nodiscard]] Result<void> set_from_parts(const Setting& setting, ServeOptions& options,
                                          std::span<const std::string> parts);

// Whether the value now in `options` is in its range, one of its choices, and passes its check. Errors:
// invalid_argument.
[[nodiscard]] Result<void> check_value(const Setting& setting, ServeOptions& options);

// As the configuration file writes it: `"text"`, `["a", "b"]`, 5, true.
[[nodiscard]] std::string toml_text(const Setting& setting, ServeOptions& options);

[[nodiscard]] bool same_value(const Setting& setting, ServeOptions& a, ServeOptions& b);
void copy_value(const Setting& setting, ServeOptions& from, ServeOptions& to);

}  // namespace likeness::app

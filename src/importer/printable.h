// Names for a terminal.
//
// Thread rule: a free function.
#pragma once

#include <string>
#include <string_view>

namespace likeness::importer {

// The text with every control character (C0, DEL and C1; ECMA-48) and every byte that is no UTF-8 as `?`, so that the
// name of a file can neither begin a line nor steer a terminal.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace likeness::importer

// `likeness models`: what is installed, from whom, under which licence, and whether it is whole.
//
// Thread rule: a free function.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <vector>

#include "base/result.h"

namespace likeness::app {

// Writes a block for each pack. Errors: not_found (there are no packs), corrupt (some pack is not whole; all are listed
// first).
[[nodiscard]] Result<void> list_models(const std::vector<std::filesystem::path>& packs, std::ostream& out);

}  // namespace likeness::app

// A small file that only its owner reads: keys and the like.
//
// Thread rule: a free function.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace likeness::app {

// Mode 0600. Written aside, flushed to the disk and renamed: a file that is there is whole. Errors: unavailable.
[[nodiscard]] Result<void> write_private_file(const std::filesystem::path& path, std::string_view text);

}  // namespace likeness::app

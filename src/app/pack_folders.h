// Where model packs are looked for when the command line does not say.
//
// Thread rule: a free function.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace likeness::app {

// `given`, if there are any; a later folder hides an earlier one's pack of the same name. Otherwise the first of these
// that exists, seen from the program: ../lib/likeness/packs (installed), ../../.deps/packs (a checkout's build
// folder).
// Errors: not_found (a given folder is none, or nothing was given and neither of the two exists).
[[nodiscard]] Result<std::vector<std::filesystem::path>> pack_folders(const std::vector<std::filesystem::path>& given);

// The pictures that packs are checked with: ../lib/likeness/pictures, ../../.deps/testdata.
// Errors: not_found.
[[nodiscard]] Result<std::filesystem::path> check_pictures_folder();

}  // namespace likeness::app

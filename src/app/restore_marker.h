// The sign that a restore of a data folder was begun and not finished: nobody may use the folder until it is.
//
// Thread rule: free functions, by whoever holds the folder's lock.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace likeness::app {

// On the disk when it returns. Errors: unavailable.
[[nodiscard]] Result<void> mark_restore_begun(const std::filesystem::path& data);
[[nodiscard]] Result<void> mark_restore_done(const std::filesystem::path& data);

// Errors: unavailable, with what to do.
[[nodiscard]] Result<void> refuse_half_restored(const std::filesystem::path& data);

}  // namespace likeness::app

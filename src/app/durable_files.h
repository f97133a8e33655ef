// Files that are whole or not there, whatever instant the power goes: what a backup and a restore do with files.
//
// Thread rule: free functions. Errors of all: unavailable, with the file's name.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace likeness::app {

// What was made, renamed and removed in the folder is so on the disk.
[[nodiscard]] Result<void> flush_folder(const std::filesystem::path& folder);

// A copy with mode 0600: written aside, flushed and renamed; what was there under its name is replaced.
[[nodiscard]] Result<void> copy_private_file(const std::filesystem::path& from, const std::filesystem::path& to);

// The same, and the bytes of what was replaced are overwritten with zeros before they are given back to the disk.
[[nodiscard]] Result<void> replace_secret_file(const std::filesystem::path& from, const std::filesystem::path& to);

// Its bytes are overwritten with zeros first. One that is not there is no error. Its folder is flushed.
[[nodiscard]] Result<void> remove_secret_file(const std::filesystem::path& file);

// Both in one folder, which is flushed.
[[nodiscard]] Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

// One that is not there is no error. Its folder is flushed.
[[nodiscard]] Result<void> remove_durably(const std::filesystem::path& file);

}  // namespace likeness::app

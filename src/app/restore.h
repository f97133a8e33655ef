// `likeness restore`: puts the database of a backup in the place of a data folder's own, and repeats on it what was
// deleted since. docs/backup.md says what comes back and what does not.
//
// Thread rule: called once, from main(); no server may run on the folder.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "app/load_settings.h"
#include "base/result.h"
#include "base/time.h"

namespace likeness::app {

struct RestoreOptions {
  std::filesystem::path backup;  // a file that `likeness backup` made
  std::filesystem::path data;
  std::filesystem::path keys;  // a copy of the face keys, if the data folder has none; empty: face-keys beside `backup`
  SettingsSources sources;     // where the master key is
  bool only_try = false;       // says what would happen, and changes nothing
  bool present_is_lost = false;  // the present database cannot be read; what only it knows is given up
};

// Whole or not at all: until its last step the folder is as it was, and an interrupted restore keeps servers from
// starting until it is repeated. Errors: not_found (no such backup), already_exists (the folder holds another server's
// data), invalid_argument, corrupt (the backup, or the present database), access_denied (another master key),
// unavailable.
[[nodiscard]] Result<void> restore(const RestoreOptions& options, const Clock& clock, std::ostream& out);

}  // namespace likeness::app

// A command that works on a data folder, from the command line to its answer: it runs inside the server that owns the
// folder (control_socket.h) or, if there is none, here, with the folder's lock held meanwhile.
//
// Thread rule: called once, from main().
#pragma once

#include <filesystem>
#include <iosfwd>

#include "app/control_protocol.h"
#include "app/load_settings.h"
#include "base/result.h"

namespace likeness::app {

struct FolderCommand {
  std::filesystem::path data;
  SettingsSources sources;  // for the case without a server, which has its own settings; the folder is `data`
  ControlRequest request;
};

// Writes the command's text. Errors: those of the command (with its message), not_found (no such data folder),
// access_denied (not our server), unavailable (the folder's owner does not answer, or the folder cannot be opened).
[[nodiscard]] Result<void> run_folder_command(const FolderCommand& command, std::ostream& out);

}  // namespace likeness::app

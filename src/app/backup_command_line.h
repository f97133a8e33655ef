// The command lines of `likeness backup` and `likeness restore`.
//
// Thread rule: called once, from main(). The options must outlive the parsing.
#pragma once

#include "app/folder_command.h"
#include "app/restore.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace likeness::app {

void add_backup_command_line(CLI::App& program, FolderCommand& command);

// Returns the command that was added.
CLI::App* add_restore_command_line(CLI::App& program, RestoreOptions& options);

}  // namespace likeness::app

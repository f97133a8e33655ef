// `likeness backup`: what it does, in the server or without one. docs/backup.md describes the folder it makes.
//
// Thread rule: as ControlCommands. The services must outlive the commands.
#pragma once

#include "app/control_commands.h"
#include "app/folder_services.h"

namespace likeness::app {

// Names of what lies in a folder of backups.
inline constexpr const char* backup_prefix = "likeness-";  // likeness-20261126T150405Z.db
inline constexpr const char* backup_suffix = ".db";

// Adds "backup". Arguments: "to" (an absolute path), "keep" (how many backups to leave, the oldest go; empty: all),
// "without-keys" (yes or nothing).
void add_backup_command(ControlCommands& commands, FolderServices& services);

}  // namespace likeness::app

// `likeness config reload`: asks the server on a data folder for what SIGHUP asks it.
//
// Thread rule: as ControlCommands. The reloader must outlive the commands.
#pragma once

#include "app/control_commands.h"
#include "app/reload.h"

namespace likeness::app {

inline constexpr const char* reload_command = "config reload";

void add_reload_command(ControlCommands& commands, Reloader& reloader);

// The same command where no server runs: nothing can be reloaded.
void add_reload_refusal(ControlCommands& commands);

}  // namespace likeness::app

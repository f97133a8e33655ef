// Every family of commands that works on a data folder, in one list: what a server offers on its control socket, and
// what the command line can do without one. A new family gets its line here.
//
// Thread rule: as ControlCommands. The services must outlive the commands.
#pragma once

#include "app/control_commands.h"
#include "app/folder_services.h"

namespace likeness::app {

void add_folder_commands(ControlCommands& commands, FolderServices& services);

}  // namespace likeness::app

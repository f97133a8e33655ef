// The command line of `likeness keys ...`.
//
// Thread rule: called once, from main().
#pragma once

#include "app/folder_command.h"

namespace CLI {
class App;
}

namespace likeness::app {

// Adds `keys` with its commands to the program. If one of them is parsed, `command` is what it asks for, and its
// request has a name.
void add_keys_command_line(CLI::App& program, FolderCommand& command);

}  // namespace likeness::app

// The command line of `likeness policy ...`.
//
// Thread rule: called once, from main().
#pragma once

#include "app/folder_command.h"
#include "app/policy_simulate.h"

namespace CLI {
class App;
}

namespace likeness::app {

// What `likeness policy` was asked for beside a command on a data folder.
struct PolicyCommandLine {
  SimulateOptions simulate;
  bool wants_simulation = false;
};

// Adds `policy` with its commands to the program. If one that works on a data folder is parsed, `command` is what it
// asks for, and its request has a name; `put` has read its file then, and throws CLI::ValidationError if it cannot.
void add_policy_command_line(CLI::App& program, FolderCommand& command, PolicyCommandLine& line);

// Runs the simulation and gives the exit status: 0 allowed, 1 denied, 2 an option or a policy is wrong (said on
// standard error).
[[nodiscard]] int run_simulation(const SimulateOptions& options);

}  // namespace likeness::app

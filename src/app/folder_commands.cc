#include "app/folder_commands.h"

#include "app/backup_command.h"
#include "app/keys_commands.h"
#include "app/policy_commands.h"

namespace likeness::app {

void add_folder_commands(ControlCommands& commands, FolderServices& services) {
  add_keys_commands(commands, services.keys(), services.scope());
  add_backup_command(commands, services);
  add_policy_commands(commands, services.policies(), services.scope());
}

}  // namespace likeness::app

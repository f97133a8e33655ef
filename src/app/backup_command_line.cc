#include "app/backup_command_line.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "app/settings.h"

namespace likeness::app {

namespace {

// What is needed to open a folder without a server.
void add_sources(CLI::App& app, SettingsSources& sources, const std::string& when) {
  app.add_option("--config", sources.config,
                 when + "the server's configuration file; likeness.toml in the data folder if it is there");
  for (const char* name : {"account.id", "account.region", "master_key.file"}) {
    const Setting* setting = find_setting(name);
    app.add_option_function<std::string>(
        std::string(setting->flag),
        [&sources, setting](const std::string& value) { sources.flags.push_back({setting, {value}}); },
        when + std::string(setting->meaning));
  }
}

}  // namespace

void add_backup_command_line(CLI::App& program, FolderCommand& command) {
  CLI::App& app = *program.add_subcommand("backup", "Copy the database and the face keys, while a server runs or not");
  app.add_option("--data", command.data, "Data folder; a server that runs on it is asked to do the work")->required();
  add_sources(app, command.sources, "Without a running server: ");
  app.add_option_function<std::string>(
         "--to",
         [&command](const std::string& folder) {
           // The server has another working directory.
           command.request.arguments["to"] = {std::filesystem::absolute(folder).string()};
         },
         "Folder of backups; made if it is not there, best on another disk")
      ->required();
  app.add_option_function<std::string>(
      "--keep", [&command](const std::string& count) { command.request.arguments["keep"] = {count}; },
      "How many backups to leave in the folder, the oldest go; all by default");
  app.add_flag_callback(
      "--without-keys", [&command] { command.request.arguments["without-keys"] = {"yes"}; },
      "Leave the copy of the face keys alone: then this backup alone cannot bring back a lost data folder");
  app.callback([&command] { command.request.command = "backup"; });
}

CLI::App* add_restore_command_line(CLI::App& program, RestoreOptions& options) {
  CLI::App* app = program.add_subcommand("restore", "Put a backup in the place of a data folder's database");
  app->add_option("BACKUP", options.backup, "A file that `likeness backup` made")->required();
  app->add_option("--data", options.data, "Data folder; no server may run on it")->required();
  app->add_option("--keys", options.keys,
                  "Copy of the face keys, for a data folder that has lost its own; face-keys beside BACKUP by default");
  app->add_flag("--dry-run", options.only_try, "Say what would come back and what would not, and change nothing");
  app->add_flag("--present-lost", options.present_is_lost,
                "The data folder's database cannot be read: give up what only it knows");
  add_sources(*app, options.sources, "");
  return app;
}

}  // namespace likeness::app

#include "app/keys_command_line.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "app/settings.h"

namespace likeness::app {

namespace {

// One command below `keys`; its arguments go straight into the request.
class Command {
 public:
  Command(CLI::App& keys, FolderCommand& command, const std::string& name, const std::string& description)
      : app_(keys.add_subcommand(name, description)), request_(command.request) {
    app_->fallthrough();
    app_->add_flag_callback(
        "--json", [&command] { command.request.arguments["json"] = {"yes"}; }, "One line of JSON instead of text");
    app_->callback([&command, name] { command.request.command = "keys " + name; });
  }

  Command& id(const std::string& option = "ID") {
    app_->add_option_function<std::string>(
            option, [this_request = &request_](const std::string& id) { this_request->arguments["id"] = {id}; },
            "Access key id")
        ->required();
    return *this;
  }

  Command& policies(const std::string& description) {
    app_->add_option_function<std::vector<std::string>>(
        "--policy",
        [this_request = &request_](const std::vector<std::string>& names) {
          this_request->arguments["policy"] = names;
        },
        description);
    return *this;
  }

  Command& text(const std::string& option, const std::string& name, const std::string& description, bool required) {
    app_->add_option_function<std::string>(
            option,
            [this_request = &request_, name](const std::string& text) { this_request->arguments[name] = {text}; },
            description)
        ->required(required);
    return *this;
  }

 private:
  CLI::App* app_;
  ControlRequest& request_;
};

}  // namespace

void add_keys_command_line(CLI::App& program, FolderCommand& command) {
  CLI::App& keys = *program.add_subcommand("keys", "Make, list, rotate and disable access keys; make sessions");
  keys.require_subcommand(1);
  keys.add_option("--data", command.data, "Data folder; a server that runs on it is asked to do the work")->required();
  keys.add_option("--config", command.sources.config,
                  "Without a running server: its configuration file; likeness.toml in the data folder if it is there");
  for (const char* name : {"account.id", "account.region", "master_key.file"}) {
    const Setting* setting = find_setting(name);
    keys.add_option_function<std::string>(
        std::string(setting->flag),
        [&command, setting](const std::string& value) { command.sources.flags.push_back({setting, {value}}); },
        "Without a running server: " + std::string(setting->meaning));
  }
  Command(keys, command, "create", "Make a key; its secret is shown this once")
      .policies("Policy of the key; may be repeated. A key without one may do nothing")
      .text("--note", "note", "What the key is for", false);
  Command(keys, command, "list", "List the keys, without secrets");
  Command(keys, command, "rotate", "Make a key in place of another, which works until it is disabled or deleted").id();
  Command(keys, command, "enable", "Let a disabled key work again").id();
  Command(keys, command, "disable", "Let a key and its sessions work no more, from the next request on").id();
  Command(keys, command, "policies", "Give a key other policies")
      .id()
      .policies("Policy of the key; may be repeated. Without one the key may do nothing");
  Command(keys, command, "delete", "Delete a key for ever, and end its sessions").id();
  Command(keys, command, "session", "Make temporary credentials of a key")
      .id("--key")
      .text("--ttl", "ttl", "How long they last, 15m to 12h", true)
      .policies("One of the key's policies; may be repeated. All of them without it");
}

}  // namespace likeness::app

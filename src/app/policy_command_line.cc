#include "app/policy_command_line.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "app/settings.h"
#include "policy/document.h"

namespace likeness::app {

namespace {

constexpr int exit_denied = 1;
constexpr int exit_wrong = 2;

// The start of a file: one byte more than a document may have is enough to refuse it.
std::string read_document(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(policy::max_document + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) throw CLI::ValidationError("FILE", "'" + path + "' cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// The folder, and the settings that matter if no server runs on it.
void add_folder_options(CLI::App& app, FolderCommand& command) {
  app.add_option("--data", command.data, "Data folder; a server that runs on it is asked to do the work")->required();
  app.add_option("--config", command.sources.config,
                 "Without a running server: its configuration file; likeness.toml in the data folder if it is there");
  for (const char* name : {"account.id", "account.region", "master_key.file"}) {
    const Setting* setting = find_setting(name);
    app.add_option_function<std::string>(
        std::string(setting->flag),
        [&command, setting](const std::string& value) { command.sources.flags.push_back({setting, {value}}); },
        "Without a running server: " + std::string(setting->meaning));
  }
}

CLI::App& add_command(CLI::App& policy, FolderCommand& command, const std::string& name,
                      const std::string& description) {
  CLI::App* app = policy.add_subcommand(name, description);
  add_folder_options(*app, command);
  app->add_flag_callback(
      "--json", [&command] { command.request.arguments["json"] = {"yes"}; }, "One line of JSON instead of text");
  app->callback([&command, name] { command.request.command = "policy " + name; });
  return *app;
}

void add_name(CLI::App& app, FolderCommand& command) {
  app.add_option_function<std::string>(
         "NAME", [&command](const std::string& name) { command.request.arguments["name"] = {name}; }, "Of the policy")
      ->required();
}

void add_simulate(CLI::App& policy, PolicyCommandLine& line) {
  SimulateOptions& options = line.simulate;
  CLI::App* simulate =
      policy.add_subcommand("simulate", "Say what a request would be answered, and which statement decides");
  simulate->add_option("--policy", options.policies, "Ready-made policy or file; may be repeated")->required();
  simulate->add_option("--action", options.action, "For example rekognition:SearchFaces")->required();
  simulate->add_option("--resource", options.resource, "ARN, or * for an operation on nothing kept")
      ->capture_default_str();
  simulate->add_option("--source-ip", options.source_ip, "Address of the client");
  simulate->add_option("--time", options.time, "For example 2026-02-03T04:05:06Z; now by default");
  simulate->add_option("--key-id", options.key_id, "Access key id");
  simulate->add_flag("--secure", options.secure, "The request came over TLS");
  simulate->add_option("--request-tag", options.request_tags, "KEY=VALUE that the request sets; may be repeated");
  simulate->add_option("--tag-key", options.tag_keys, "Tag key that the request removes; may be repeated");
  simulate->add_option("--resource-tag", options.resource_tags, "KEY=VALUE that the resource has; may be repeated");
  simulate->callback([&line] { line.wants_simulation = true; });
}

}  // namespace

void add_policy_command_line(CLI::App& program, FolderCommand& command, PolicyCommandLine& line) {
  CLI::App& policy = *program.add_subcommand("policy", "List, show, put, delete and try the policies of access keys");
  policy.require_subcommand(1);
  add_command(policy, command, "list", "List the policies, ready-made ones first");
  add_name(add_command(policy, command, "show", "Print a policy's document"), command);
  CLI::App& put = add_command(policy, command, "put", "Make a policy, or replace it, from a file");
  add_name(put, command);
  put.add_option_function<std::string>(
         "FILE", [&command](const std::string& path) { command.request.arguments["text"] = {read_document(path)}; },
         "The document, in IAM's language")
      ->required();
  add_name(add_command(policy, command, "delete", "Delete a policy that no key has"), command);
  add_simulate(policy, line);
}

int run_simulation(const SimulateOptions& options) {
  const SystemClock clock;
  const Result<bool> allowed = simulate_policies(options, clock, std::cout);
  std::cout << std::flush;
  if (allowed.ok()) return *allowed ? 0 : exit_denied;
  std::cerr << "likeness: " << allowed.error().message << '\n';
  return exit_wrong;
}

}  // namespace likeness::app

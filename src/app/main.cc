// The program: its command line, and nothing else. What a command does stands in its own file.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>

#include "app/backup_command_line.h"
#include "app/config_command.h"
#include "app/evaluate_command.h"
#include "app/folder_command.h"
#include "app/import_command.h"
#include "app/keys_command_line.h"
#include "app/load_settings.h"
#include "app/models_command.h"
#include "app/policy_command_line.h"
#include "app/reindex_command.h"
#include "app/reload_command.h"
#include "app/restore.h"
#include "app/sdk_model.h"
#include "app/serve.h"
#include "app/setting_flags.h"
#include "app/tls_init.h"
#include "base/time.h"

namespace {

// `likeness config reference | check | reload`; what is left to do after parsing is in `run`, or in `folder`.
void add_config(CLI::App& program, std::function<likeness::Result<void>()>& run, likeness::app::FolderCommand& folder) {
  CLI::App* config = program.add_subcommand("config", "What can be set, and whether a file is right");
  config->require_subcommand(1);
  CLI::App* reference = config->add_subcommand("reference", "Print every setting with its default and its meaning");
  const auto format = std::make_shared<std::string>("markdown");
  reference->add_option("--format", *format, "markdown, or toml: a file to start from")
      ->check(CLI::IsMember({"markdown", "toml"}))
      ->capture_default_str();
  reference->callback([format, &run] {
    run = [format]() -> likeness::Result<void> {
      std::cout << (*format == "toml" ? likeness::app::reference_toml() : likeness::app::reference_markdown());
      return {};
    };
  });
  CLI::App* check = config->add_subcommand("check", "Say whether a configuration file is right");
  const auto file = std::make_shared<std::filesystem::path>();
  check->add_option("FILE", *file, "The file")->required();
  check->callback([file, &run] { run = [file] { return likeness::app::check_configuration(*file, std::cout); }; });
  CLI::App* reload =
      config->add_subcommand("reload", "Ask the running server to read its settings again, as SIGHUP does");
  reload->add_option("--data", folder.data, "Data folder of the server")->required();
  reload->callback([&folder] { folder.request.command = likeness::app::reload_command; });
}

// Returns the command that was added: `tls init`.
CLI::App* add_tls(CLI::App& program, likeness::app::TlsInitOptions& options) {
  CLI::App* tls = program.add_subcommand("tls", "Certificates for trying TLS");
  tls->require_subcommand(1);
  CLI::App* init = tls->add_subcommand("init", "Make a local certificate authority and a server's certificate");
  init->add_option("--data", options.data, "Data folder; the files go to its folder tls")->required();
  init->add_option("--name", options.hosts,
                   "Host name or address that the server has, besides localhost, 127.0.0.1 and ::1; may be repeated");
  return init;
}

// Returns the command that was added.
CLI::App* add_sdk_model(CLI::App& program, likeness::app::SdkModelOptions& options) {
  CLI::App* command =
      program.add_subcommand("sdk-model", "The description of the extension service, for boto3 and the AWS CLI");
  command->add_flag("--install", options.install, "Put it where AWS clients look, instead of printing it");
  command->add_option("--to", options.to, "Folder of service descriptions; ~/.aws/models by default");
  return command;
}

int report(const likeness::Result<void>& result) {
  if (result.ok()) return 0;
  std::cerr << "likeness: " << result.error().message << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App program("Likeness: a self-hosted Amazon Rekognition");
  program.set_version_flag("--version", LIKENESS_VERSION);
  program.require_subcommand(1);
  likeness::app::SettingsSources sources;
  sources.environment = likeness::app::read_environment();
  likeness::app::add_setting_flags(*program.add_subcommand("serve", "Answer Amazon Rekognition's API"), sources);
  likeness::app::FolderCommand folder_command;
  folder_command.sources.environment = sources.environment;
  std::function<likeness::Result<void>()> config;
  add_config(program, config, folder_command);
  likeness::app::TlsInitOptions tls_init_options;
  const CLI::App* tls_init = add_tls(program, tls_init_options);
  likeness::app::SdkModelOptions sdk_model_options;
  const CLI::App* sdk_model = add_sdk_model(program, sdk_model_options);
  likeness::app::ModelsOptions models_options;
  const CLI::App* models = likeness::app::add_models_command_line(program, models_options);
  likeness::app::add_keys_command_line(program, folder_command);
  likeness::app::add_backup_command_line(program, folder_command);
  likeness::app::RestoreOptions restore_options;
  restore_options.sources.environment = sources.environment;
  const CLI::App* restore = likeness::app::add_restore_command_line(program, restore_options);
  likeness::app::ImportCommandOptions import_options;
  const CLI::App* import = likeness::app::add_import_command_line(program, import_options);
  likeness::app::ReindexCommandOptions reindex_options;
  const CLI::App* reindex = likeness::app::add_reindex_command_line(program, reindex_options);
  likeness::app::EvaluateOptions evaluate_options;
  likeness::app::add_evaluate_command_line(program, evaluate_options);
  likeness::app::PolicyCommandLine policy_line;
  likeness::app::add_policy_command_line(program, folder_command, policy_line);
  CLI11_PARSE(program, argc, argv);

  if (models->parsed()) return report(likeness::app::list_or_check_models(models_options, std::cout));
  if (tls_init->parsed()) {
    return report(likeness::app::tls_init(tls_init_options, likeness::SystemClock(), std::cout));
  }
  if (sdk_model->parsed()) return report(likeness::app::sdk_model(sdk_model_options, std::cout));
  if (restore->parsed()) {
    return report(likeness::app::restore(restore_options, likeness::SystemClock(), std::cout));
  }
  if (import->parsed()) {
    return report(likeness::app::import_folder(import_options, likeness::SystemClock(), std::cout));
  }
  if (reindex->parsed()) {
    return report(likeness::app::reindex_collection(reindex_options, likeness::SystemClock(), std::cout));
  }
  if (!evaluate_options.kind.empty()) {
    return report(likeness::app::evaluate_pictures(evaluate_options, likeness::SystemClock(), std::cout));
  }
  if (config) return report(config());
  if (policy_line.wants_simulation) return likeness::app::run_simulation(policy_line.simulate);
  if (!folder_command.request.command.empty()) {
    return report(likeness::app::run_folder_command(folder_command, std::cout));
  }
  const auto load = [&sources] { return likeness::app::load_settings(sources); };
  const auto settings = load();
  if (!settings.ok()) return report(settings.error());
  return report(likeness::app::serve(*settings, load));
} catch (const std::exception& failure) {
  std::cerr << "likeness: " << failure.what() << '\n';
  return 1;
}

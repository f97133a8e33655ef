// The program: its command line, and nothing else. What a command does stands in its own file.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/folder_command.h"
#include "app/keys_command_line.h"
#include "app/list_models.h"
#include "app/policy_command_line.h"
#include "app/serve.h"

namespace {

void add_serve(CLI::App& program, likeness::app::ServeOptions& options) {
  CLI::App* serve = program.add_subcommand("serve", "Answer Amazon Rekognition's API");
  serve->add_option("--data", options.data, "Data folder; made if it does not exist")->required();
  serve->add_option("--listen", options.listen, "HOST:PORT; port 0 takes a free one")->capture_default_str();
  serve->add_option("--metrics-listen", options.metrics_listen,
                    "HOST:PORT of a listener for Prometheus; none by default");
  serve->add_option("--region", options.region, "AWS region that requests are signed for")->capture_default_str();
  serve->add_option("--account", options.account, "AWS account of 12 digits that keys and collections belong to")
      ->capture_default_str();
  serve->add_option("--master-key-file", options.master_key_file, "File with the master key, outside the data folder");
  serve->add_option("--packs", options.packs, "Folder of model packs; may be repeated, later ones win");
  serve->add_option("--detector", options.detector, "Model pack that finds faces: yunet_s, centerface")
      ->capture_default_str();
  serve->add_option("--embedder", options.embedder, "Model pack that compares faces: fr_feature, mobilefacenet_192")
      ->capture_default_str();
  serve->add_option("--precision", options.precision, "auto (bf16 where the CPU has it and the pack allows it) or f32")
      ->check(CLI::IsMember({"auto", "f32"}))
      ->capture_default_str();
  serve->add_option("--threads", options.threads, "Compute threads; 0: one for each core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  serve
      ->add_option("--log-level", options.log_level,
                   "debug, info, warning or error; logs go to standard error as JSON lines")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
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
  likeness::app::ServeOptions serve_options;
  add_serve(program, serve_options);
  std::vector<std::filesystem::path> model_packs;
  CLI::App* models =
      program.add_subcommand("models", "List the installed model packs with licence, provenance and state");
  models->add_option("--packs", model_packs, "Folder of model packs; may be repeated, later ones win");
  likeness::app::FolderCommand folder_command;
  likeness::app::add_keys_command_line(program, folder_command);
  likeness::app::PolicyCommandLine policy_line;
  likeness::app::add_policy_command_line(program, folder_command, policy_line);
  CLI11_PARSE(program, argc, argv);

  if (models->parsed()) return report(likeness::app::list_models(model_packs, std::cout));
  if (policy_line.wants_simulation) return likeness::app::run_simulation(policy_line.simulate);
  if (!folder_command.request.command.empty()) {
    return report(likeness::app::run_folder_command(folder_command, std::cout));
  }
  return report(likeness::app::serve(serve_options));
} catch (const std::exception& failure) {
  std::cerr << "likeness: " << failure.what() << '\n';
  return 1;
}

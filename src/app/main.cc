// The program: its command line, and nothing else. What a command does stands in its own file.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/list_models.h"
#include "app/serve.h"

namespace {

void add_object_storage(CLI::App& serve, likeness::app::ObjectStoreFlags& flags) {
  serve.add_option("--bucket", flags.buckets, "NAME=FOLDER: a folder that serves as an S3 bucket; may be repeated");
  serve.add_option("--s3-endpoint", flags.s3_endpoint,
                   "URL of an S3-compatible endpoint, or aws; credentials come from LIKENESS_S3_ACCESS_KEY_ID and "
                   "LIKENESS_S3_SECRET_ACCESS_KEY");
  serve.add_option("--s3-region", flags.s3_region, "Region that requests to the endpoint are signed for; as --region");
  serve.add_option("--s3-allow", flags.s3_allow,
                   "Block of addresses the endpoint may have (10.1.0.0/16); may be repeated; default: public ones");
  serve.add_option("--s3-ca-file", flags.s3_ca_file, "PEM file of the authorities that may vouch for the endpoint");
  serve.add_flag("--s3-virtual-host-style", flags.s3_virtual_host_style, "Ask BUCKET.HOST/KEY, not HOST/BUCKET/KEY");
}

void add_serve(CLI::App& program, likeness::app::ServeOptions& options) {
  CLI::App* serve = program.add_subcommand("serve", "Answer Amazon Rekognition's API");
  serve->add_option("--data", options.data, "Data folder; made if it does not exist")->required();
  serve->add_option("--listen", options.listen, "HOST:PORT; port 0 takes a free one")->capture_default_str();
  serve->add_option("--metrics-listen", options.metrics_listen,
                    "HOST:PORT of a listener for Prometheus; none by default");
  serve->add_option("--region", options.region, "AWS region that requests are signed for")->capture_default_str();
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
  add_object_storage(*serve, options.objects);
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
  CLI11_PARSE(program, argc, argv);

  if (models->parsed()) return report(likeness::app::list_models(model_packs, std::cout));
  return report(likeness::app::serve(serve_options));
} catch (const std::exception& failure) {
  std::cerr << "likeness: " << failure.what() << '\n';
  return 1;
}

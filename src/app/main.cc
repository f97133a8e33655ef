// The program: its command line, and nothing else. What a command does stands in its own file.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <string>

#include "app/list_models.h"
#include "app/serve.h"
#include "app/tls_init.h"
#include "base/time.h"

namespace {

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
}

// An option in seconds, for a duration in milliseconds.
void add_seconds(CLI::App& command, const std::string& name, std::chrono::milliseconds& value,
                 const std::string& help) {
  const double seconds = std::chrono::duration<double>(value).count();
  command
      .add_option_function<double>(
          name, [&value](double given) { value = std::chrono::milliseconds(static_cast<long>(given * 1e3)); }, help)
      ->check(CLI::Range(0.001, 86400.0))
      ->default_str(CLI::detail::to_string(seconds));
}

void add_tls_and_limits(CLI::App& serve, likeness::app::ServeOptions& options) {
  likeness::server::HttpServerOptions& http = options.http;
  auto* certificate = serve.add_option("--tls-cert", http.tls_certificate, "PEM file of the certificate and its chain");
  auto* key = serve.add_option("--tls-key", http.tls_key, "PEM file of the certificate's key");
  certificate->needs(key);
  key->needs(certificate);
  serve.add_flag("--allow-plain-http", http.allow_plain_http, "Speak HTTP without TLS to other machines too");

  const CLI::Range many(1, 1'000'000);
  serve.add_option("--max-connections", http.max_connections)->check(many)->capture_default_str();
  serve.add_option("--max-connections-per-peer", http.max_connections_per_peer, "Of one client address")
      ->check(many)
      ->capture_default_str();
  serve.add_option("--queue-per-thread", options.queue_per_thread, "Requests that wait, for each compute thread")
      ->check(many)
      ->capture_default_str();
  add_seconds(serve, "--max-expected-wait", http.max_expected_wait,
              "Seconds; a request that is expected to wait longer for a compute thread is refused at once");
  add_seconds(serve, "--max-wait", http.max_wait, "Seconds; a request that has waited longer is refused");
  add_seconds(serve, "--head-deadline", http.head_deadline, "Seconds for the head of a request");
  add_seconds(serve, "--body-grace", http.body_pace.grace, "Seconds before the least rate of bodies counts");
  serve.add_option("--min-body-rate", http.body_pace.min_rate, "Bytes a second that a body must come at, on average")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
  serve.add_option("--rate-per-key", options.rates.per_key, "Requests a second of one access key; 0: no limit")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  serve.add_option("--rate-global", options.rates.global, "Requests a second of all keys together; 0: no limit")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
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
  add_tls_and_limits(*program.get_subcommand("serve"), serve_options);
  likeness::app::TlsInitOptions tls_init_options;
  const CLI::App* tls_init = add_tls(program, tls_init_options);
  std::vector<std::filesystem::path> model_packs;
  CLI::App* models =
      program.add_subcommand("models", "List the installed model packs with licence, provenance and state");
  models->add_option("--packs", model_packs, "Folder of model packs; may be repeated, later ones win");
  CLI11_PARSE(program, argc, argv);

  if (models->parsed()) return report(likeness::app::list_models(model_packs, std::cout));
  if (tls_init->parsed()) {
    return report(likeness::app::tls_init(tls_init_options, likeness::SystemClock(), std::cout));
  }
  return report(likeness::app::serve(serve_options));
} catch (const std::exception& failure) {
  std::cerr << "likeness: " << failure.what() << '\n';
  return 1;
}

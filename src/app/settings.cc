#include "app/settings.h"

#include <algorithm>

#include "app/listen_address.h"

namespace likeness::app {

namespace {

Result<void> is_listen_address(std::string_view text) {
  TRY(parse_listen_address(text));
  return {};
}

Result<void> is_account(std::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.size() == 12 && digits) return {};
  return Error(ErrorKind::invalid_argument, "an account has 12 digits");
}

// Regions stand in ARNs and in the scope of signatures, between colons and slashes.
Result<void> is_region(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (plain && !text.empty() && text.size() <= 32) return {};
  return Error(ErrorKind::invalid_argument, "a region is 1 to 32 of a-z, 0-9 and '-'");
}

// Sorted by name; settings_test.cc checks that. One row each: keep the meaning on one line of --help.
constexpr Setting table[] = {
    {.name = "account.id",
     .flag = "--account",
     .meaning = "The 12 digits that stand for the account in ARNs and records; twelve zeros are nobody's at AWS",
     .slot = [](ServeOptions& options) -> Slot { return &options.account; },
     .check = is_account},
    {.name = "account.region",
     .flag = "--region",
     .meaning = "AWS region that requests are signed for",
     .slot = [](ServeOptions& options) -> Slot { return &options.region; },
     .check = is_region},
    {.name = "audit.file",
     .flag = "--audit-file",
     .meaning = "File that gets a CloudTrail-shaped JSON line for each authenticated request; empty: none",
     .slot = [](ServeOptions& options) -> Slot { return &options.audit_file; },
     .applies = Applies::on_reload},
    {.name = "audit.required",
     .flag = "--audit-required",
     .meaning = "Refuse requests while the audit file cannot be written",
     .slot = [](ServeOptions& options) -> Slot { return &options.audit_required; },
     .applies = Applies::on_reload},
    {.name = "limits.body_grace",
     .flag = "--body-grace",
     .meaning = "Seconds before the least rate of bodies counts",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.body_grace; },
     .min = 0.001,
     .max = 86400},
    {.name = "limits.connections",
     .flag = "--max-connections",
     .meaning = "Connections at a time",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.connections; },
     .min = 1,
     .max = 1'000'000},
    {.name = "limits.connections_per_peer",
     .flag = "--max-connections-per-peer",
     .meaning = "Connections at a time of one client address",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.connections_per_peer; },
     .min = 1,
     .max = 1'000'000},
    {.name = "limits.head_deadline",
     .flag = "--head-deadline",
     .meaning = "Seconds for the head of a request",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.head_deadline; },
     .min = 0.001,
     .max = 86400},
    {.name = "limits.max_expected_wait",
     .flag = "--max-expected-wait",
     .meaning = "Seconds; a request that is expected to wait longer for a compute thread is refused at once",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.max_expected_wait; },
     .min = 0.001,
     .max = 86400},
    {.name = "limits.max_wait",
     .flag = "--max-wait",
     .meaning = "Seconds; a request that has waited longer is refused",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.max_wait; },
     .min = 0.001,
     .max = 86400},
    {.name = "limits.min_body_rate",
     .flag = "--min-body-rate",
     .meaning = "Bytes a second that a body must come at, on average",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.min_body_rate; },
     .min = 1,
     .max = 1'000'000'000},
    {.name = "limits.queue_per_thread",
     .flag = "--queue-per-thread",
     .meaning = "Requests that wait, for each compute thread",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.queue_per_thread; },
     .min = 1,
     .max = 1'000'000},
    {.name = "limits.rate_global",
     .flag = "--rate-global",
     .meaning = "Requests a second of all keys together; 0: no limit",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.rate_global; },
     .max = 1e9},
    {.name = "limits.rate_per_key",
     .flag = "--rate-per-key",
     .meaning = "Requests a second of one access key; 0: no limit",
     .slot = [](ServeOptions& options) -> Slot { return &options.limits.rate_per_key; },
     .max = 1e9},
    {.name = "log.file",
     .flag = "--log-file",
     .meaning = "File for the log instead of standard error; opened anew on reload, for logrotate",
     .slot = [](ServeOptions& options) -> Slot { return &options.log_file; }},
    {.name = "log.level",
     .flag = "--log-level",
     .meaning = "Least important lines that are logged, as JSON lines",
     .slot = [](ServeOptions& options) -> Slot { return &options.log_level; },
     .applies = Applies::on_reload,
     .choices = "debug|info|warning|error"},
    {.name = "master_key.file",
     .flag = "--master-key-file",
     .meaning = "File with the key that secrets are encrypted under, outside the data folder",
     .slot = [](ServeOptions& options) -> Slot { return &options.master_key_file; }},
    {.name = "models.detector",
     .flag = "--detector",
     .meaning = "Model pack that finds faces: yunet_s, centerface",
     .slot = [](ServeOptions& options) -> Slot { return &options.detector; }},
    {.name = "models.embedder",
     .flag = "--embedder",
     .meaning = "Model pack that compares faces: fr_feature, mobilefacenet_192, joined_704",
     .slot = [](ServeOptions& options) -> Slot { return &options.embedder; }},
    {.name = "models.packs",
     .flag = "--packs",
     .meaning = "Folders of model packs, later ones win; empty: those that came with the program",
     .slot = [](ServeOptions& options) -> Slot { return &options.packs; }},
    {.name = "models.precision",
     .flag = "--precision",
     .meaning = "auto (bf16 where the CPU has it and the pack allows it) or f32",
     .slot = [](ServeOptions& options) -> Slot { return &options.precision; },
     .choices = "auto|f32"},
    {.name = "s3.allow",
     .flag = "--s3-allow",
     .meaning = "Blocks of addresses the endpoint may have (10.1.0.0/16); empty: public ones",
     .slot = [](ServeOptions& options) -> Slot { return &options.objects.s3_allow; }},
    {.name = "s3.buckets",
     .flag = "--bucket",
     .meaning = "NAME=FOLDER: folders that serve as S3 buckets",
     .slot = [](ServeOptions& options) -> Slot { return &options.objects.buckets; }},
    {.name = "s3.ca_file",
     .flag = "--s3-ca-file",
     .meaning = "PEM file of the authorities that may vouch for the endpoint; empty: the system's",
     .slot = [](ServeOptions& options) -> Slot { return &options.objects.s3_ca_file; }},
    {.name = "s3.endpoint",
     .flag = "--s3-endpoint",
     .meaning = "URL of an S3-compatible endpoint, or aws; empty: none. LIKENESS_S3_ACCESS_KEY_ID and "
                "..._SECRET_ACCESS_KEY are its key",
     .slot = [](ServeOptions& options) -> Slot { return &options.objects.s3_endpoint; }},
    {.name = "s3.region",
     .flag = "--s3-region",
     .meaning = "Region that requests to the endpoint are signed for; empty: account.region",
     .slot = [](ServeOptions& options) -> Slot { return &options.objects.s3_region; }},
    {.name = "s3.virtual_host_style",
     .flag = "--s3-virtual-host-style",
     .meaning = "Ask BUCKET.HOST/KEY, not HOST/BUCKET/KEY",
     .slot = [](ServeOptions& options) -> Slot { return &options.objects.s3_virtual_host_style; }},
    {.name = "server.core_dumps",
     .meaning = "Allow core dumps and debuggers, which see keys and pictures; for finding a defect",
     .slot = [](ServeOptions& options) -> Slot { return &options.core_dumps; }},
    {.name = "server.listen",
     .flag = "--listen",
     .meaning = "HOST:PORT of the API; port 0 takes a free one",
     .slot = [](ServeOptions& options) -> Slot { return &options.listen; },
     .check = is_listen_address},
    {.name = "server.metrics_listen",
     .flag = "--metrics-listen",
     .meaning = "HOST:PORT of a listener for Prometheus; empty: none",
     .slot = [](ServeOptions& options) -> Slot { return &options.metrics_listen; },
     .check = is_listen_address},
    {.name = "server.threads",
     .flag = "--threads",
     .meaning = "Compute threads; 0: one for each core",
     .slot = [](ServeOptions& options) -> Slot { return &options.threads; },
     .max = 1024},
    {.name = "tls.allow_plain_http",
     .flag = "--allow-plain-http",
     .meaning = "Speak HTTP without TLS to other machines too",
     .slot = [](ServeOptions& options) -> Slot { return &options.allow_plain_http; }},
    {.name = "tls.certificate",
     .flag = "--tls-cert",
     .meaning = "PEM file of the certificate and its chain; its contents are read again on reload",
     .slot = [](ServeOptions& options) -> Slot { return &options.tls_certificate; }},
    {.name = "tls.key",
     .flag = "--tls-key",
     .meaning = "PEM file of the certificate's key; its contents are read again on reload",
     .slot = [](ServeOptions& options) -> Slot { return &options.tls_key; }},
};

}  // namespace

std::span<const Setting> settings() { return table; }

const Setting* find_setting(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(table), std::end(table), [&](const Setting& setting) { return setting.name == name; });
  return found == std::end(table) ? nullptr : found;
}

std::string environment_name(const Setting& setting) {
  std::string name = "LIKENESS_";
  for (const char c : setting.name) {
    name.push_back(c == '.' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

}  // namespace likeness::app

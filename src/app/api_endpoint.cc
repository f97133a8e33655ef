#include "app/api_endpoint.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <utility>

#include "app/serve_options.h"
#include "importer/advice.h"
#include "importer/printable.h"

namespace likeness::app {

namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// Without a slash at its end, so that a state file knows the same server however it is written.
std::string endpoint_of(const ApiEndpointOptions& options) {
  for (std::string candidate :
       {options.endpoint, variable("AWS_ENDPOINT_URL_REKOGNITION"), variable("AWS_ENDPOINT_URL")}) {
    if (candidate.ends_with('/')) candidate.pop_back();
    if (!candidate.empty()) return candidate;
  }
  return "http://" + ServeOptions().listen;
}

}  // namespace

void add_api_endpoint(CLI::App& command, ApiEndpointOptions& options) {
  command.add_option("--endpoint", options.endpoint,
                     "The server; AWS_ENDPOINT_URL_REKOGNITION, AWS_ENDPOINT_URL or http://127.0.0.1:8080 by default");
  command.add_option("--region", options.region, "The server's region")->capture_default_str();
  command.add_option("--ca-file", options.ca_file, "Certificate authority of the server, PEM; the system's by default");
}

Result<importer::Endpoint> endpoint_with_keys(const ApiEndpointOptions& options) {
  importer::Endpoint endpoint{.url = endpoint_of(options),
                              .region = options.region,
                              .ca_file = options.ca_file,
                              .credentials = {variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")}};
  if (endpoint.credentials.access_key_id.empty() || endpoint.credentials.secret_access_key.empty()) {
    return Error(ErrorKind::invalid_argument,
                 "an access key is needed: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (`likeness keys create "
                 "--policy enroll` makes one)");
  }
  if (!variable("AWS_SESSION_TOKEN").empty()) {
    return Error(ErrorKind::invalid_argument,
                 "AWS_SESSION_TOKEN is set: a lasting key is needed, since this may go on for longer than a session; "
                 "unset it and use such a key");
  }
  return endpoint;
}

Error with_advice(const Error& error) {
  const std::string_view advice = importer::advice_for(error.kind);
  return {error.kind, importer::printable(error.message) + (advice.empty() ? "" : "\n" + std::string(advice))};
}

}  // namespace likeness::app

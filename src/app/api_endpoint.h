// Which server a command talks to that is a client of the API, and with which key.
//
// Thread rule: free functions.
#pragma once

#include <string>

#include "base/result.h"
#include "importer/http_transport.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace likeness::app {

struct ApiEndpointOptions {
  std::string endpoint;  // empty: AWS_ENDPOINT_URL_REKOGNITION, AWS_ENDPOINT_URL, the server's default
  std::string region = "us-east-1";
  std::string ca_file;
};

void add_api_endpoint(CLI::App& command, ApiEndpointOptions& options);

// Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Errors: invalid_argument, with what to do.
[[nodiscard]] Result<importer::Endpoint> endpoint_with_keys(const ApiEndpointOptions& options);

// An answer of the server with what to do about it, and without what steers a terminal.
[[nodiscard]] Error with_advice(const Error& error);

}  // namespace likeness::app

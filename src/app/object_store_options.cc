#include "app/object_store_options.h"

#include <cstdlib>

namespace likeness::app {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Result<remote::ObjectStoreOptions> object_store_options(const ObjectStoreFlags& flags, const std::string& region) {
  remote::ObjectStoreOptions options;
  for (const std::string& bucket : flags.buckets) {
    const std::size_t equals = bucket.find('=');
    if (equals == std::string::npos || equals + 1 == bucket.size()) {
      return Error(ErrorKind::invalid_argument,
                   "'" + bucket.substr(0, 100) + "' is no NAME=FOLDER; write for example --bucket photos=/srv/photos");
    }
    if (!options.folders.emplace(bucket.substr(0, equals), bucket.substr(equals + 1)).second) {
      return Error(ErrorKind::invalid_argument, "--bucket names '" + bucket.substr(0, equals) + "' twice");
    }
  }
  if (flags.s3_endpoint.empty()) {
    if (!flags.s3_region.empty() || !flags.s3_allow.empty() || !flags.s3_ca_file.empty() ||
        flags.s3_virtual_host_style) {
      return Error(ErrorKind::invalid_argument, "the other --s3 options need --s3-endpoint: a URL, or aws");
    }
    return options;
  }
  remote::S3Options& s3 = options.s3.emplace();
  s3.endpoint = flags.s3_endpoint;
  s3.region = flags.s3_region.empty() ? region : flags.s3_region;
  s3.allow = flags.s3_allow;
  s3.http.ca_file = flags.s3_ca_file;
  s3.virtual_host_style = flags.s3_virtual_host_style;
  s3.access_key_id = environment("LIKENESS_S3_ACCESS_KEY_ID");
  s3.secret_access_key = environment("LIKENESS_S3_SECRET_ACCESS_KEY");
  s3.session_token = environment("LIKENESS_S3_SESSION_TOKEN");
  return options;
}

}  // namespace likeness::app

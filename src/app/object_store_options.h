// From the command line and the environment to the options of the object store.
//
// Thread rule: a free function, called at start.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "remote/create_object_store.h"

namespace likeness::app {

struct ObjectStoreFlags {
  std::vector<std::string> buckets = {};  // "NAME=FOLDER"
  std::string s3_endpoint = {};           // empty: none; "aws": Amazon S3
  std::string s3_region = {};             // empty: the server's own
  std::vector<std::string> s3_allow = {};
  std::string s3_ca_file = {};
  bool s3_virtual_host_style = false;
};

// The credentials come from LIKENESS_S3_ACCESS_KEY_ID, LIKENESS_S3_SECRET_ACCESS_KEY and LIKENESS_S3_SESSION_TOKEN.
// Errors: invalid_argument (a bucket is not of that form or named twice; an --s3 flag stands without --s3-endpoint).
[[nodiscard]] Result<remote::ObjectStoreOptions> object_store_options(const ObjectStoreFlags& flags,
                                                                      const std::string& region);

}  // namespace likeness::app

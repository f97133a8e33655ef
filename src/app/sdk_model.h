// `likeness sdk-model`: the description of the extension service, for stock AWS clients.
//
// botocore, and with it boto3 and the AWS CLI, reads descriptions from ~/.aws/models/SERVICE/VERSION (botocore's
// loaders.py); with the file there, `boto3.client("likeness", endpoint_url=...)` and `aws likeness ...` work.
//
// Thread rule: a free function.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "base/result.h"

namespace likeness::app {

struct SdkModelOptions {
  bool install = false;      // else the description is printed
  std::filesystem::path to;  // the folder "models"; empty: ~/.aws/models
};

// Errors: unavailable (a file cannot be written), invalid_argument (no home folder, and no other was named).
[[nodiscard]] Result<void> sdk_model(const SdkModelOptions& options, std::ostream& out);

}  // namespace likeness::app

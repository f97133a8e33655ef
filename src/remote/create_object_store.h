// The object store of a configuration: folders first, then the S3 endpoint.
//
// Thread rule: a free function; called at start.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/time.h"
#include "remote/object_store.h"
#include "remote/pacer.h"
#include "remote/s3_object_store.h"

namespace likeness::remote {

struct ObjectStoreOptions {
  std::map<std::string, std::filesystem::path> folders;  // by the name of the bucket that each serves as
  std::optional<S3Options> s3;                           // where every other bucket is looked for
};

// Null if nothing is configured. A bucket that is a folder hides one of that name behind the endpoint.
// Errors: those of FolderObjectStore::create() and S3ObjectStore::create(). Ownership: clock, pacer and log outlive it.
[[nodiscard]] Result<std::unique_ptr<ObjectStore>> create_object_store(const ObjectStoreOptions& options,
                                                                       const Clock& clock, Pacer& pacer, Logger& log);

}  // namespace likeness::remote

// The data folder's store: DATA/likeness.db, with the master key that it was made with.
//
// Thread rule: called from main(), after the folder's lock is held.
#pragma once

#include <filesystem>
#include <memory>

#include "app/master_key.h"
#include "base/log.h"
#include "base/result.h"
#include "base/time.h"
#include "store/store.h"

namespace likeness::app {

// Warns in the log if the master key lies in the folder that it protects.
// Errors: those of store::SqliteStore::open and of check_master_key.
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_store(const std::filesystem::path& data,
                                                               const LoadedMasterKey& master_key, Time now,
                                                               Logger& logger);

}  // namespace likeness::app

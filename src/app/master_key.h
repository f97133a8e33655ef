// The master key: read from outside the data folder, and checked against what the store was made with.
//
// It is a file of 64 hexadecimal digits (32 bytes), for example made by `openssl rand -hex 32`. The first of these that
// is there is taken:
//   1. the file named by --master-key-file, or by LIKENESS_MASTER_KEY_FILE;
//   2. the systemd credential `likeness-master-key` ($CREDENTIALS_DIRECTORY, systemd.exec(5), LoadCredential=);
//   3. DATA/master-key, which the first start makes with mode 0600. That is for trying: whoever copies the folder has
//      the key to it, and the caller warns.
//
// Thread rule: called from main(), before threads that change the environment.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/sealing.h"
#include "base/time.h"
#include "store/store.h"

namespace likeness::app {

struct LoadedMasterKey {
  MasterKey key;
  std::filesystem::path file;   // where it came from
  bool in_data_folder = false;  // the demo's way; worth a warning
};

enum class MissingMasterKey {
  is_made,      // in a folder without a database: the first start
  is_an_error,  // for what was made with a key that is elsewhere
};

// `named`: of the command line; empty if it names none.
// Errors: unavailable (the file cannot be read or made, or a folder with a database has lost its key), access_denied
// (others than its owner may read the file), corrupt (no key in it).
[[nodiscard]] Result<LoadedMasterKey> load_master_key(const std::filesystem::path& data,
                                                      const std::filesystem::path& named, MissingMasterKey missing);

// Whether the store was made with this key. A new store is told, in its setting "master-key.check": a value derived
// from the key, from which the key cannot be had. Errors: access_denied (another key), and those of the store.
[[nodiscard]] Result<void> check_master_key(store::Store& store, const MasterKey& key, Time now);

}  // namespace likeness::app

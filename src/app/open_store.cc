#include "app/open_store.h"

#include <utility>

#include "app/store_identity.h"
#include "store/sqlite/sqlite_store.h"

namespace likeness::app {

Result<std::unique_ptr<store::Store>> open_store(const std::filesystem::path& data, const LoadedMasterKey& master_key,
                                                 Time now, Logger& logger) {
  if (master_key.in_data_folder) {
    logger.warning("master_key_in_data_folder",
                   {{"file", master_key.file.string()},
                    {"advice",
                     "good for trying only: whoever copies the data folder can read its secrets; see "
                     "--master-key-file"}});
  }
  std::unique_ptr<store::Store> store = TRY(store::SqliteStore::open({.file = data / "likeness.db"}, now));
  TRY(check_master_key(*store, master_key.key, now));
  TRY(ensure_identity(*store, now));
  return store;
}

}  // namespace likeness::app

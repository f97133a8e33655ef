// What stands on a data folder and is the same for the server and for a command without one: the master key, the store,
// the policies and the access keys, opened in that order.
//
// Thread rule: opened and destroyed on one thread; what it gives is thread-safe. Ownership: the folder and the clock
// must outlive it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "api/policy_book.h"
#include "app/data_folder.h"
#include "app/serve_options.h"
#include "base/log.h"
#include "base/result.h"
#include "base/sealing.h"
#include "base/time.h"
#include "keys/key_ring.h"
#include "keys/policy_names.h"
#include "store/store.h"

namespace likeness::app {

struct FolderOptions {
  std::string account;  // 12 digits
  std::string region;
  std::filesystem::path master_key_file;  // empty: see load_master_key()
};

[[nodiscard]] FolderOptions folder_options(const ServeOptions& options);

enum class Administrator {
  made_if_missing,  // the first start of a server makes the key
  if_there,         // a command does not: its environment may not be the server's
};

class FolderServices {
 public:
  // Warns in the log if the master key lies in the folder that it protects. Errors: those of the master key, the
  // administrator's key, the store and the key ring.
  [[nodiscard]] static Result<std::unique_ptr<FolderServices>> open(const DataFolder& data,
                                                                    const FolderOptions& options,
                                                                    Administrator administrator, const Clock& clock,
                                                                    Logger& logger);
  ~FolderServices();

  [[nodiscard]] store::Store& store() { return *store_; }
  [[nodiscard]] keys::KeyRing& keys() { return *keys_; }
  [[nodiscard]] api::PolicyBook& policies() { return *policies_; }
  [[nodiscard]] const MasterKey& master_key() const { return master_key_; }
  [[nodiscard]] const store::Scope& scope() const { return scope_; }
  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  FolderServices(std::filesystem::path data, store::Scope scope, MasterKey master_key,
                 std::unique_ptr<store::Store> store, const Clock& clock);

  const std::filesystem::path data_;
  const Clock& clock_;
  const store::Scope scope_;
  const MasterKey master_key_;
  const std::unique_ptr<store::Store> store_;
  std::unique_ptr<keys::PolicyNames> policy_names_;
  std::unique_ptr<api::PolicyBook> policies_;
  std::unique_ptr<keys::KeyRing> keys_;
};

}  // namespace likeness::app

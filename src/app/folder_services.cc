#include "app/folder_services.h"

#include <optional>
#include <string_view>
#include <utility>

#include "app/credentials_file.h"
#include "app/master_key.h"
#include "policy/ready_made.h"
#include "store/sqlite/sqlite_store.h"

namespace likeness::app {

namespace {

constexpr std::string_view database_name = "likeness.db";

// The policies that are ready-made, and those of the store.
class StoredPolicyNames final : public keys::PolicyNames {
 public:
  StoredPolicyNames(store::Policies& policies, store::Scope scope) : policies_(policies), scope_(std::move(scope)) {}

  [[nodiscard]] Result<bool> has_policy(std::string_view name) const override {
    if (policy::find_ready_made(name) != nullptr) return true;
    const Result<store::PolicyDocument> stored = policies_.policy(scope_, name);
    if (stored.ok()) return true;
    if (stored.error().kind == ErrorKind::not_found) return false;
    return stored.error();
  }

 private:
  store::Policies& policies_;
  const store::Scope scope_;
};

}  // namespace

FolderServices::FolderServices(store::Scope scope, MasterKey master_key, bool key_in_folder,
                               std::unique_ptr<store::Store> store)
    : scope_(std::move(scope)),
      master_key_(std::move(master_key)),
      key_in_folder_(key_in_folder),
      store_(std::move(store)) {}

FolderServices::~FolderServices() = default;

Result<std::unique_ptr<FolderServices>> FolderServices::open(const DataFolder& data, const FolderOptions& options,
                                                             Administrator administrator, const Clock& clock) {
  std::optional<keys::NewKey> first;
  if (administrator == Administrator::made_if_missing) {
    first = TRY(administrator_key(data.path()));
  } else {
    first = TRY(existing_administrator_key(data.path()));
  }
  LoadedMasterKey master = TRY(load_master_key(data.path(), options.master_key_file));
  std::unique_ptr<store::Store> store =
      TRY(store::SqliteStore::open({.file = data.path() / database_name}, clock.now()));
  TRY(check_master_key(*store, master.key, clock.now()));
  std::unique_ptr<FolderServices> services(new FolderServices({.account = options.account, .region = options.region},
                                                              std::move(master.key), master.in_data_folder,
                                                              std::move(store)));
  services->policy_names_ = std::make_unique<StoredPolicyNames>(*services->store_, services->scope_);
  services->policies_ = std::make_unique<api::PolicyBook>(*services->store_, clock);
  services->keys_ =
      TRY(keys::KeyRing::open({.scope = services->scope_, .administrator = std::move(first)}, *services->store_,
                              *services->store_, *services->policy_names_, services->master_key_, clock));
  return services;
}

}  // namespace likeness::app

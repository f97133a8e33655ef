#include "app/folder_services.h"

#include <optional>
#include <string_view>
#include <utility>

#include "app/credentials_file.h"
#include "app/master_key.h"
#include "app/open_store.h"
#include "app/restore_marker.h"
#include "policy/ready_made.h"

namespace likeness::app {

namespace {

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

FolderOptions folder_options(const ServeOptions& options) {
  return {.account = options.account, .region = options.region, .master_key_file = options.master_key_file};
}

FolderServices::FolderServices(std::filesystem::path data, store::Scope scope, MasterKey master_key,
                               std::unique_ptr<store::Store> store, const Clock& clock)
    : data_(std::move(data)),
      clock_(clock),
      scope_(std::move(scope)),
      master_key_(std::move(master_key)),
      store_(std::move(store)) {}

FolderServices::~FolderServices() = default;

Result<std::unique_ptr<FolderServices>> FolderServices::open(const DataFolder& data, const FolderOptions& options,
                                                             Administrator administrator, const Clock& clock,
                                                             Logger& logger) {
  TRY(refuse_half_restored(data.path()));
  std::optional<keys::NewKey> first;
  if (administrator == Administrator::made_if_missing) {
    first = TRY(administrator_key(data.path()));
  } else {
    first = TRY(existing_administrator_key(data.path()));
  }
  LoadedMasterKey master = TRY(load_master_key(data.path(), options.master_key_file, MissingMasterKey::is_made));
  std::unique_ptr<store::Store> store = TRY(open_store(data.path(), master, clock.now(), logger));
  std::unique_ptr<FolderServices> services(new FolderServices(data.path(),
                                                              {.account = options.account, .region = options.region},
                                                              std::move(master.key), std::move(store), clock));
  services->policy_names_ = std::make_unique<StoredPolicyNames>(*services->store_, services->scope_);
  services->policies_ = std::make_unique<api::PolicyBook>(*services->store_, clock);
  services->keys_ =
      TRY(keys::KeyRing::open({.scope = services->scope_, .administrator = std::move(first)}, *services->store_,
                              *services->store_, *services->policy_names_, services->master_key_, clock));
  return services;
}

}  // namespace likeness::app

#include "gallery/delete_collection.h"

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "gallery/index_snapshots.h"
#include "gallery/ledger_detail.h"
#include "gallery/retry.h"
#include "store/limits.h"

namespace likeness::gallery {

Result<void> finish_deletions(store::Store& store, FaceVault& vault) {
  bool more = true;
  while (more) {
    more = TRY(store.purge(store::limits::page));
    TRY(vault.erase_all(store));
  }
  return {};
}

Result<void> CollectionDeletion::remove(const Caller& caller, std::string_view id) const {
  const store::Collection collection = TRY(services_.collections.get(caller.scope, id));
  const store::Mutation mutation{
      ledger_record("collection.delete", caller.actor, services_.clock.now(), LedgerDetail().with("collection", id)),
      std::nullopt};
  const std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.for_removal(caller.scope, collection));
  {
    const std::unique_lock changing(index->changes);
    if (index->dropped) return no_collection(id);
    const Result<store::Applied> applied = services_.store.delete_collection(caller.scope, id, mutation);
    if (!applied.ok()) return no_collection(applied.error(), id);
    index->dropped = true;
    services_.indexes.forget(caller.scope, id);
  }
  if (snapshots_ != nullptr) TRY(snapshots_->remove(caller.scope, id));
  return finish_deletions(services_.store, services_.vault);
}

}  // namespace likeness::gallery

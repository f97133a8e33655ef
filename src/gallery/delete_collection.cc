#include "gallery/delete_collection.h"

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "gallery/index_snapshots.h"
#include "gallery/ledger_detail.h"
#include "gallery/retry.h"
#include "store/limits.h"

namespace likeness::gallery {

namespace {

// Rows that are removed at a time, and what others wait who write meanwhile: some 50 ms.
constexpr std::size_t rows_at_a_time = 512;

// Its rows, in steps. Precondition: its keys are overwritten.
Result<void> purge_all(store::Store& store, FaceVault& vault, const store::LocatedCollection& collection,
                       const std::function<bool()>& goes_on) {
  bool more = true;
  while (more && (!goes_on || goes_on())) {
    more = TRY(store.purge(collection, rows_at_a_time));
    TRY(vault.erase_all(store));
  }
  return {};
}

}  // namespace

Result<void> erase_deleted(store::Store& store, FaceVault& vault) {
  TRY(vault.erase_all(store));
  const std::vector<store::LocatedCollection> deleted = TRY(store.deleted_collections());
  for (const store::LocatedCollection& each : deleted) TRY(vault.erase_deleted(store, {each.scope, each.id}));
  return {};
}

Result<void> finish_deletions(store::Store& store, FaceVault& vault, const std::function<bool()>& goes_on) {
  TRY(erase_deleted(store, vault));
  const std::vector<store::LocatedCollection> deleted = TRY(store.deleted_collections());
  for (const store::LocatedCollection& each : deleted) TRY(purge_all(store, vault, each, goes_on));
  return {};
}

Result<void> CollectionDeletion::remove(const Caller& caller, std::string_view id) const {
  const store::Collection collection = TRY(services_.collections.get(caller.scope, id));
  const store::Mutation mutation{
      ledger_record("collection.delete", caller.actor, services_.clock.now(), LedgerDetail().with("collection", id)),
      std::nullopt};
  const std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.for_removal(caller.scope, collection));
  std::uint64_t faces = 0;
  {
    const std::unique_lock changing(index->changes);
    if (index->dropped) return no_collection(id);
    faces = TRY(services_.store.collection_size(caller.scope, id)).faces;
    const Result<store::Applied> applied = services_.store.delete_collection(caller.scope, id, mutation);
    if (!applied.ok()) return no_collection(applied.error(), id);
    index->dropped = true;
    services_.indexes.forget(caller.scope, id);
  }
  if (snapshots_ != nullptr) TRY(snapshots_->remove(caller.scope, id));
  TRY(services_.vault.erase_deleted(services_.store, {caller.scope, id}));
  // Of this collection alone: another, large one may be on its way out.
  if (faces <= most_at_once_) return purge_all(services_.store, services_.vault, {caller.scope, std::string(id)}, {});
  finish_later_();
  return {};
}

}  // namespace likeness::gallery

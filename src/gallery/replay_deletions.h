// After a database was restored from a backup: what was deleted since then is deleted again, and what people said is
// not so stays said. docs/backup.md describes the whole.
//
// A face is gone if its key is: key slots are never restored over, so whatever was erased since the backup opens
// nothing. Collections and users are gone if the present store, the one that is replaced, does not have them. No record
// of the ledger is needed: what is gone is seen, not told.
//
// Thread rule: a free function; nobody else uses the two stores meanwhile.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "gallery/face_vault.h"
#include "store/store.h"

namespace likeness::gallery {

// What a restore did to the store that came from the backup.
struct Replayed {
  std::size_t collections = 0;  // deleted again
  std::size_t users = 0;        // deleted again; those of deleted collections are not counted
  std::size_t faces = 0;        // whose keys are gone; those of deleted collections are not counted
  std::size_t rejections = 0;   // of after the backup, taken over
  std::size_t faces_left = 0;
};

// `present` may be null if it cannot be read: then users and collections that were deleted since the backup stay,
// without faces. Nothing is overwritten in the key slots here: the next start does that with what no face has.
// Errors: those of the stores, and unavailable (the key slots cannot be read).
[[nodiscard]] Result<Replayed> replay_deletions(store::Store& restored, store::Store* present, const FaceVault& vault,
                                                const std::string& actor, Time now);

}  // namespace likeness::gallery

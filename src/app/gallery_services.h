// What the operations on collections work with, made from the store, the master key and the embedder.
//
// Thread rule: its members are thread-safe. Store, embedder and clock must outlive it.
#pragma once

#include "api/idempotency.h"
#include "api/page_tokens.h"
#include "base/sealing.h"
#include "base/time.h"
#include "embed/embedder.h"
#include "gallery/collections.h"
#include "gallery/users.h"
#include "store/store.h"

namespace likeness::app {

// The purposes of the keys that are derived here never change: what was sealed or given out under them would be lost.
struct GalleryServices {
  GalleryServices(store::Store& store, const MasterKey& master, const embed::Embedder& embedder, const Clock& clock);

  gallery::Collections collections;
  gallery::Users users;
  api::PageTokens page_tokens;
  api::IdempotentCalls idempotent_calls;
};

}  // namespace likeness::app

#include "app/gallery_services.h"

namespace likeness::app {

GalleryServices::GalleryServices(store::Store& store, const MasterKey& master, const embed::Embedder& embedder,
                                 const Clock& clock)
    : collections(store, {.embedding_space = embedder.embedding_space(), .version = embedder.face_model_version()},
                  master.derive("collection keys"), clock),
      users(store, clock),
      page_tokens(master.derive("page tokens"), clock),
      idempotent_calls(master.derive("idempotent calls"), store, clock) {}

}  // namespace likeness::app

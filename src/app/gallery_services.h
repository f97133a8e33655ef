// What the operations on collections, users and faces work with, made from the data folder, the store, the master key
// and the analyzer.
//
// Thread rule: opened and destroyed on one thread; its members are thread-safe. What it is given must outlive it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "api/idempotency.h"
#include "api/page_tokens.h"
#include "app/bell.h"
#include "base/log.h"
#include "base/result.h"
#include "base/sealing.h"
#include "base/thread_pool.h"
#include "base/time.h"
#include "gallery/associations.h"
#include "gallery/collections.h"
#include "gallery/corrections.h"
#include "gallery/delete_collection.h"
#include "gallery/face_indexes.h"
#include "gallery/face_vault.h"
#include "gallery/faces.h"
#include "gallery/index_snapshots.h"
#include "gallery/key_slots.h"
#include "gallery/search.h"
#include "gallery/users.h"
#include "match/scan_helpers.h"
#include "pipeline/analyze_image.h"
#include "store/store.h"

namespace likeness::app {

struct GalleryOptions {
  std::filesystem::path data;  // DATA/face-keys and DATA/index are the gallery's
  store::Scope scope;          // whose collections are searched
  unsigned threads = 1;        // that compute; at least 1
  ThreadPool* pool = nullptr;  // whose tasks search; may be null
};

// The purposes of the keys that are derived here never change: what was sealed or given out under them would be lost.
class GalleryServices {
 public:
  // Makes unreadable what deletions have left, and has every index in memory when it returns. Errors: those of the key
  // slots and of the store.
  [[nodiscard]] static Result<std::unique_ptr<GalleryServices>> open(const GalleryOptions& options, store::Store& store,
                                                                     const MasterKey& master,
                                                                     const pipeline::ImageAnalyzer& analyzer,
                                                                     const Clock& clock, Logger& logger);
  // Snapshots of the indexes, for a quick start; at an orderly stop.
  void save();
  // What is done now and then, beside the requests, and when the bell rings (see app/gallery_upkeep.h), as long as
  // `goes_on` says so.
  void tend(const std::function<bool()>& goes_on);
  [[nodiscard]] Bell& bell() { return bell_; }

 private:
  GalleryServices(const GalleryOptions& options, store::Store& store, const MasterKey& master,
                  std::unique_ptr<gallery::KeySlots> slots, const pipeline::ImageAnalyzer& analyzer, const Clock& clock,
                  Logger& logger);
  [[nodiscard]] Result<void> prepare(const store::Scope& scope);

  Bell bell_;
  store::Store& store_;
  Logger& logger_;
  const std::unique_ptr<gallery::KeySlots> slots_;
  gallery::FaceVault vault_;
  gallery::IndexSnapshots snapshots_;
  match::ScanHelpers helpers_;
  gallery::FaceIndexes indexes_;
  const gallery::FaceServices face_services_;

 public:
  // In the order in which they use each other.
  const gallery::Collections collections;
  const gallery::Users users;
  const gallery::CollectionDeletion collection_deletion;
  const gallery::Faces faces;
  const gallery::Search search;
  const gallery::Associations associations;
  const gallery::Corrections corrections;
  const api::PageTokens page_tokens;
  api::IdempotentCalls idempotent_calls;
};

}  // namespace likeness::app

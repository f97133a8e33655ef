#include "app/gallery_services.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "app/open_key_slots.h"

namespace likeness::app {

namespace {

// Smaller collections are built from the store in less time than their snapshot takes to be read and kept.
constexpr std::size_t least_faces_of_snapshot = 10'000;

match::IndexOptions index_options(const embed::Embedder& embedder) {
  match::IndexOptions options;
  options.dimension = embedder.dimension();
  options.embedding_space = embedder.embedding_space();
  return options;
}

gallery::IndexSettings index_settings(const embed::Embedder& embedder, const GalleryOptions& options,
                                      match::ScanHelpers& helpers) {
  gallery::IndexSettings settings;
  settings.dimension = embedder.dimension();
  settings.embedding_space = embedder.embedding_space();
  settings.threads = options.threads;
  settings.pool = options.pool;
  settings.helpers = &helpers;
  return settings;
}

}  // namespace

Result<std::unique_ptr<GalleryServices>> GalleryServices::open(const GalleryOptions& options, store::Store& store,
                                                               const MasterKey& master,
                                                               const pipeline::ImageAnalyzer& analyzer,
                                                               const Clock& clock, Logger& logger) {
  std::unique_ptr<gallery::KeySlots> slots = TRY(open_key_slots(options.data / face_keys_name, master));
  std::unique_ptr<GalleryServices> services(
      new GalleryServices(options, store, master, std::move(slots), analyzer, clock, logger));
  TRY(services->prepare(options.scope));
  return services;
}

GalleryServices::GalleryServices(const GalleryOptions& options, store::Store& store, const MasterKey& master,
                                 std::unique_ptr<gallery::KeySlots> slots, const pipeline::ImageAnalyzer& analyzer,
                                 const Clock& clock, Logger& logger)
    : store_(store),
      logger_(logger),
      slots_(std::move(slots)),
      vault_(*slots_),
      snapshots_(options.data / "index", store, *slots_, index_options(analyzer.embedder()), logger),
      helpers_(options.threads - 1),
      indexes_(store, vault_, &snapshots_, index_settings(analyzer.embedder(), options, helpers_), logger),
      face_services_{store, collections, indexes_, vault_, clock},
      collections(store,
                  {.embedding_space = analyzer.embedder().embedding_space(),
                   .version = analyzer.embedder().face_model_version()},
                  master.derive("collection keys"), clock),
      users(store, clock),
      collection_deletion(face_services_, &snapshots_, [this] { bell_.ring(); }),
      faces(face_services_, analyzer),
      search(face_services_, analyzer),
      associations(face_services_, analyzer.embedder().calibration()),
      corrections(face_services_),
      page_tokens(master.derive("page tokens"), clock),
      idempotent_calls(master.derive("idempotent calls"), store, clock) {}

// Before the first request: what a stop in the middle of something has left.
Result<void> GalleryServices::prepare(const store::Scope& scope) {
  TRY(gallery::erase_deleted(store_, vault_));
  std::vector<std::uint64_t> in_use = TRY(store_.slots_in_use());
  const std::vector<std::uint64_t> of_snapshots = snapshots_.slots_in_use();
  in_use.insert(in_use.end(), of_snapshots.begin(), of_snapshots.end());
  std::sort(in_use.begin(), in_use.end());
  const std::size_t orphans = TRY(slots_->reclaim(in_use));
  if (orphans > 0) logger_.info("keys without faces wiped", {{"count", orphans}});
  return indexes_.build_all(scope);
}

void GalleryServices::save() { indexes_.write_snapshots(least_faces_of_snapshot); }

void GalleryServices::tend(const std::function<bool()>& goes_on) {
  const Result<void> finished = gallery::finish_deletions(store_, vault_, goes_on);
  if (!finished.ok()) logger_.warning("erasures wait", {{"problem", finished.error().message}});
  if (goes_on()) save();
}

}  // namespace likeness::app

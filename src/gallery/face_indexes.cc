#include "gallery/face_indexes.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <unordered_set>

#include "gallery/index_snapshots.h"
#include "gallery/user_vector.h"
#include "store/limits.h"

namespace likeness::gallery {

namespace {

// Templates that are read from the store and opened at a time, by one thread.
constexpr std::size_t chunk = store::limits::page;

// Adds the faces of one chunk. A template that does not open is left out: its face is listed, and found by nothing.
Result<std::size_t> add_chunk(const FacePlace& place, const std::vector<store::FaceTemplate>& templates,
                              const FaceVault& vault, match::VectorIndex& vectors) {
  std::size_t unreadable = 0;
  for (const store::FaceTemplate& entry : templates) {
    const Result<std::vector<float>> embedding =
        vault.open(place, entry.face_id, entry.key_slot, entry.sealed_template);
    if (!embedding.ok()) {
      if (embedding.error().kind != ErrorKind::corrupt) return embedding.error();
      ++unreadable;
      continue;
    }
    TRY(vectors.add(vector_of_face(entry.key_slot), *embedding, kind_of_faces, {}));
  }
  return unreadable;
}

}  // namespace

struct FaceIndexes::Entry {
  std::mutex building;
  std::shared_ptr<CollectionIndex> index;  // under `building`
};

FaceIndexes::FaceIndexes(store::Store& store, FaceVault& vault, IndexSnapshots* snapshots, IndexSettings settings,
                         Logger& logger)
    : store_(store), vault_(vault), snapshots_(snapshots), settings_(std::move(settings)), logger_(logger) {}

FaceIndexes::~FaceIndexes() = default;

Result<std::shared_ptr<CollectionIndex>> FaceIndexes::of(const store::Scope& scope,
                                                         const store::Collection& collection) {
  if (is_foreign(collection)) {
    return Error(ErrorKind::invalid_argument,
                 "The collection " + collection.id + " was made with face model version " +
                     collection.face_model_version +
                     ", which this server does not run: run it with the embedder that the collection was made with, or "
                     "index the pictures into a new collection");
  }
  return for_removal(scope, collection);
}

Result<std::shared_ptr<CollectionIndex>> FaceIndexes::for_removal(const store::Scope& scope,
                                                                  const store::Collection& collection) {
  std::shared_ptr<Entry> entry;
  {
    const MutexLock lock(mutex_);
    std::shared_ptr<Entry>& place = entries_[Key(scope, collection.id)];
    if (!place) place = std::make_shared<Entry>();
    entry = place;
  }
  const std::lock_guard building(entry->building);
  if (!entry->index) entry->index = TRY(build(scope, collection));
  return entry->index;
}

Result<void> FaceIndexes::build_all(const store::Scope& scope) {
  std::string after;
  while (true) {
    const std::vector<store::Collection> page = TRY(store_.list_collections(scope, after, store::limits::page));
    for (const store::Collection& collection : page) {
      if (!is_foreign(collection)) (void)TRY(of(scope, collection));
    }
    if (page.size() < store::limits::page) return {};
    after = page.back().id;
  }
}

void FaceIndexes::forget(const store::Scope& scope, std::string_view id) {
  const MutexLock lock(mutex_);
  entries_.erase(Key(scope, std::string(id)));
}

Result<std::shared_ptr<CollectionIndex>> FaceIndexes::empty_index() const {
  match::IndexOptions options;
  options.dimension = settings_.dimension;
  options.embedding_space = settings_.embedding_space;
  return std::make_shared<CollectionIndex>(TRY(match::VectorIndex::create(options)), settings_.waiting_searches,
                                           match::SearchThreads{settings_.helpers, settings_.pool});
}

Result<std::shared_ptr<CollectionIndex>> FaceIndexes::build(const store::Scope& scope,
                                                            const store::Collection& collection) {
  std::shared_ptr<CollectionIndex> index;
  if (is_foreign(collection)) {
    index = TRY(empty_index());
    std::optional<SnapshotOnDisk> left = snapshots_ ? snapshots_->on_disk(scope, collection.id) : std::nullopt;
    if (left) index->put_snapshot(*std::move(left));
    return index;
  }
  if (snapshots_ != nullptr) {
    if (std::optional<IndexSnapshots::Loaded> loaded = snapshots_->load(scope, collection.id)) {
      index = std::make_shared<CollectionIndex>(std::move(loaded->vectors), settings_.waiting_searches,
                                                match::SearchThreads{settings_.helpers, settings_.pool});
      const std::uint64_t generation = loaded->snapshot.generation;
      index->put_snapshot(std::move(loaded->snapshot));
      TRY(catch_up(scope, collection.id, generation, *index));
      return index;
    }
  }
  index = TRY(empty_index());
  TRY(add_faces(scope, collection.id, *index));
  TRY(add_users(scope, collection.id, *index));
  return index;
}

Result<void> FaceIndexes::add_faces(const store::Scope& scope, std::string_view collection, CollectionIndex& index) {
  // Threads take chunks in the order of the key slots; where a chunk begins depends on the one before, so a thread
  // reads it under the lock, and opens its templates without.
  std::mutex reading;
  std::uint64_t from = 0;
  bool done = false;
  std::optional<Error> failure;
  std::size_t unreadable = 0;
  const FacePlace place{scope, collection};
  const auto work = [&] {
    while (true) {
      std::unique_lock lock(reading);
      if (done) return;
      Result<std::vector<store::FaceTemplate>> templates = store_.templates(scope, collection, from, chunk);
      done = !templates.ok() || templates->size() < chunk;
      if (!templates.ok()) {
        failure = templates.error();
        return;
      }
      if (!templates->empty()) from = templates->back().key_slot + 1;
      lock.unlock();
      const Result<std::size_t> added = add_chunk(place, *templates, vault_, index.vectors());
      lock.lock();
      if (!added.ok()) {
        failure = added.error();
        done = true;
        return;
      }
      unreadable += *added;
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < settings_.threads; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (failure) return *failure;
  if (unreadable > 0) {
    logger_.error("templates cannot be read", {{"collection", std::string(collection)}, {"faces", unreadable}});
  }
  return {};
}

Result<void> FaceIndexes::add_users(const store::Scope& scope, std::string_view collection, CollectionIndex& index) {
  std::string after;
  while (true) {
    const std::vector<store::User> page = TRY(store_.list_users(scope, collection, after, store::limits::page));
    for (const store::User& user : page) TRY(refresh_user(scope, collection, user, index));
    if (page.size() < store::limits::page) return {};
    after = page.back().id;
  }
}

Result<void> FaceIndexes::catch_up(const store::Scope& scope, std::string_view collection, std::uint64_t generation,
                                   CollectionIndex& index) {
  if (TRY(store_.collection_generation(scope, collection)) == generation) return {};
  std::vector<std::uint64_t> faces;
  std::vector<std::uint64_t> users;
  index.vectors().each(
      [&](const match::VectorIndex::Row& row) { (row.kind == kind_of_faces ? faces : users).push_back(row.id); });
  std::sort(faces.begin(), faces.end());
  TRY(catch_up_faces(scope, collection, faces, index));
  // Users that ended, then those whose faces changed.
  for (std::size_t begin = 0; begin < users.size(); begin += store::limits::page) {
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = begin; i < std::min(users.size(), begin + store::limits::page); ++i) {
      numbers.push_back(number_of_user(users[i]));
    }
    std::unordered_set<std::uint64_t> there;
    for (const store::User& user : TRY(store_.numbered_users(scope, collection, numbers))) there.insert(user.number);
    for (const std::uint64_t number : numbers) {
      if (!there.contains(number)) (void)index.vectors().remove(vector_of_user(number));
    }
  }
  std::uint64_t after = 0;
  while (true) {
    const std::vector<store::User> changed =
        TRY(store_.changed_users(scope, collection, generation, after, store::limits::page));
    for (const store::User& user : changed) TRY(refresh_user(scope, collection, user, index));
    if (changed.size() < store::limits::page) return {};
    after = changed.back().number;
  }
}

Result<void> FaceIndexes::catch_up_faces(const store::Scope& scope, std::string_view collection,
                                         const std::vector<std::uint64_t>& indexed, CollectionIndex& index) {
  const FacePlace place{scope, collection};
  auto next = indexed.begin();
  std::uint64_t from = 0;
  while (true) {
    const std::vector<std::uint64_t> slots = TRY(store_.slots(scope, collection, from, chunk));
    std::vector<std::uint64_t> missing;
    for (const std::uint64_t slot : slots) {
      for (; next != indexed.end() && *next < slot; ++next) (void)index.vectors().remove(vector_of_face(*next));
      if (next != indexed.end() && *next == slot) {
        ++next;
      } else {
        missing.push_back(slot);
      }
    }
    if (!missing.empty()) {
      std::vector<store::FaceTemplate> templates;
      for (store::Face& face : TRY(store_.faces_in_slots(scope, collection, missing))) {
        templates.push_back({.key_slot = face.key_slot,
                             .face_id = std::move(face.id),
                             .sealed_template = std::move(face.sealed_template)});
      }
      (void)TRY(add_chunk(place, templates, vault_, index.vectors()));
    }
    if (slots.size() < chunk) break;
    from = slots.back() + 1;
  }
  for (; next != indexed.end(); ++next) (void)index.vectors().remove(vector_of_face(*next));
  return {};
}

Result<void> FaceIndexes::refresh_user(const store::Scope& scope, std::string_view collection, const store::User& user,
                                       CollectionIndex& index) {
  const std::vector<store::Face> faces =
      TRY(store_.faces_of_subject(scope, collection, user.subject_id, {}, store::limits::page));
  const std::vector<std::vector<float>> embeddings = TRY(vault_.open_all({scope, collection}, faces));
  const match::VectorId id = vector_of_user(user.number);
  (void)index.vectors().remove(id);
  const std::optional<std::vector<float>> average = user_vector(embeddings);
  if (!average) return {};
  return index.vectors().add(id, *average, kind_of_users, {});
}

void FaceIndexes::write_snapshots(std::size_t least_faces) {
  if (snapshots_ == nullptr) return;
  std::vector<std::pair<Key, std::shared_ptr<Entry>>> entries;
  {
    const MutexLock lock(mutex_);
    entries.assign(entries_.begin(), entries_.end());
  }
  for (const auto& [key, entry] : entries) {
    std::shared_ptr<CollectionIndex> index;
    {
      const std::lock_guard building(entry->building);
      index = entry->index;
    }
    if (!index || index->vectors().size() < least_faces) continue;
    const Result<void> written = snapshots_->write(key.first, key.second, *index);
    if (!written.ok()) {
      logger_.warning("no snapshot of an index", {{"collection", key.second}, {"problem", written.error().message}});
    }
  }
}

}  // namespace likeness::gallery

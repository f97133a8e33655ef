// A whole gallery on a store in memory, for tests: faces are added by their vectors instead of by pictures.
//
// Thread rule: as its parts.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "align/face_mesher.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/time.h"
#include "detect/face_detector.h"
#include "embed/embedder.h"
#include "gallery/associations.h"
#include "gallery/collections.h"
#include "gallery/corrections.h"
#include "gallery/delete_collection.h"
#include "gallery/face_indexes.h"
#include "gallery/face_vault.h"
#include "gallery/faces.h"
#include "gallery/index_snapshots.h"
#include "gallery/memory_slot_file.h"
#include "gallery/search.h"
#include "gallery/test_face.h"
#include "gallery/users.h"
#include "pipeline/analyze_image.h"
#include "store/memory/memory_store.h"

namespace likeness::gallery {

// Embeds nothing; says what its vectors mean: similarity 80 at the cosine 0.4, 0 at -1, 100 at 1; where both
// faces are blurred entirely, distances count twice.
class FakeEmbedder final : public embed::Embedder {
 public:
  static constexpr std::size_t test_dimension = 32;

  [[nodiscard]] Result<embed::Embedding> embed(const Image& /*image*/, const FivePoints& /*points*/) const override {
    return Error(ErrorKind::internal, "tests bring their vectors");
  }
  [[nodiscard]] const std::string& embedding_space() const override { return space_; }
  [[nodiscard]] std::size_t dimension() const override { return test_dimension; }
  [[nodiscard]] const std::string& face_model_version() const override { return version_; }
  [[nodiscard]] const std::optional<infer::QualityModel>& quality_model() const override { return quality_model_; }
  [[nodiscard]] const embed::Calibration& calibration() const override { return calibration_; }

 private:
  const std::string space_ = "space";
  const std::string version_ = "1.2";
  const std::optional<infer::QualityModel> quality_model_;
  const embed::Calibration calibration_ =
      embed::Calibration::create({{.false_match_rate = 0.1, .cosine = 0.2F, .similarity = 50},
                                  {.false_match_rate = 0.001, .cosine = 0.4F, .similarity = 80}},
                                 {{.sharpness = 0, .distance_factor = 2}, {.sharpness = 50, .distance_factor = 1}})
          .value();
};

// What outlives a server: its store and its disk.
struct TestDisk {
  store::MemoryStore store;
  MemorySlotFile::Disk slots;
};

class TestGallery {
 public:
  // On a disk, which may have been used before. `snapshots`: a folder for them; empty for none.
  explicit TestGallery(TestDisk& on, const std::filesystem::path& snapshots = {})
      : disk(on), slots_(KeySlots::open(std::make_unique<MemorySlotFile>(on.slots), wrapping()).value()) {
    match::IndexOptions options;
    options.dimension = FakeEmbedder::test_dimension;
    options.embedding_space = "space";
    if (!snapshots.empty()) {
      index_snapshots = std::make_unique<IndexSnapshots>(snapshots, disk.store, *slots_, options, logger);
    }
    indexes = std::make_unique<FaceIndexes>(
        disk.store, vault, index_snapshots.get(),
        IndexSettings{.dimension = FakeEmbedder::test_dimension, .embedding_space = "space", .threads = 2}, logger);
    services = std::make_unique<FaceServices>(FaceServices{disk.store, collections, *indexes, vault, clock});
    faces = std::make_unique<Faces>(*services, analyzer);
    search = std::make_unique<Search>(*services, analyzer);
    associations = std::make_unique<Associations>(*services, analyzer.embedder().calibration());
    corrections = std::make_unique<Corrections>(*services);
    deletion = std::make_unique<CollectionDeletion>(*services, index_snapshots.get(), [] {});
  }

  // The id of a new face.
  std::string add(const std::string& collection, const std::vector<float>& vector, double sharpness = 100) {
    store::Face face = sealed_face(vault, {caller.scope, collection}, vector);
    face.sharpness = sharpness;
    face.created = clock.now();
    const auto index = indexes->of(caller.scope, collections.get(caller.scope, collection).value()).value();
    store::FaceAddition addition;
    addition.faces = {face};
    addition.most = 1'000'000;
    (void)disk.store.add_faces(caller.scope, collection, addition, mutation()).value();
    (void)index->vectors().add(vector_of_face(face.key_slot), vector, kind_of_faces, {}).ok();
    return face.id;
  }
  void make_collection(const std::string& id) { (void)collections.create(caller, id, "collection/" + id, {}).value(); }
  void make_user(const std::string& collection, const std::string& id) {
    (void)users.create(caller, collection, id, std::nullopt).value();
  }
  Association associate(const std::string& collection, const std::string& user, const std::vector<std::string>& ids,
                        float threshold = 75) {
    return associations->associate(caller, collection, user, ids, threshold, without_token()).value().outcome;
  }
  static OnceFor without_token() {
    return [](const Association&) -> std::optional<store::Idempotency> { return std::nullopt; };
  }
  store::Mutation mutation() const {
    return {.record = {.kind = "test", .actor = "test", .time = clock.now(), .detail = "{}"}, .once = std::nullopt};
  }
  // Ids of the faces that look like one, best first.
  std::vector<std::string> like(const std::string& collection, const std::string& face, float threshold = 80) {
    std::vector<std::string> ids;
    const auto answer = search->faces_like_face(caller.scope, collection, face, {.similarity_threshold = threshold});
    for (const SimilarFace& similar : answer.value().matches) ids.push_back(similar.face.id);
    return ids;
  }
  std::vector<std::string> users_like(const std::string& collection, const std::string& face, float threshold = 80) {
    std::vector<std::string> ids;
    const auto answer =
        search->users_like_face(caller.scope, collection, face, {.similarity_threshold = threshold, .most = 10});
    for (const SimilarUser& similar : answer.value().matches) ids.push_back(similar.user.id);
    return ids;
  }

  static SecretKey wrapping() { return SecretKey(sha256(as_bytes("wrapping"))); }

  TestDisk& disk;
  ManualClock clock{*parse_iso8601_basic("20260203T040506Z")};
  Logger logger{LogLevel::error};
  Caller caller{.scope = {"123456789012", "us-east-1"}, .actor = "AKID"};
  pipeline::ImageAnalyzer analyzer{nullptr, nullptr, std::make_unique<FakeEmbedder>()};
  Collections collections{disk.store, {.embedding_space = "space", .version = "1.2"}, SecretKey(Digest{}), clock};
  Users users{disk.store, clock};

 private:
  std::unique_ptr<KeySlots> slots_;

 public:
  FaceVault vault{*slots_};
  std::unique_ptr<IndexSnapshots> index_snapshots;
  std::unique_ptr<FaceIndexes> indexes;
  std::unique_ptr<FaceServices> services;
  std::unique_ptr<Faces> faces;
  std::unique_ptr<Search> search;
  std::unique_ptr<Associations> associations;
  std::unique_ptr<Corrections> corrections;
  std::unique_ptr<CollectionDeletion> deletion;
  [[nodiscard]] KeySlots& slots() { return *slots_; }
};

}  // namespace likeness::gallery

// Fills a collection of a data folder with synthetic faces, through the store and the vault as IndexFaces does, but
// without pictures: for measurements with many faces. No server may run on the folder.
//
//   fill_collection --data DATA --collection ID --count N [--dimension 512] [--account A] [--region R]
//
// The collection is there already, and the master key is DATA/master-key. Prints "name value" lines.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "app/data_folder.h"
#include "app/master_key.h"
#include "app/open_key_slots.h"
#include "app/open_store.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/log.h"
#include "gallery/face_vault.h"
#include "match_people.h"
#include "store/limits.h"

namespace likeness::bench {
namespace {

struct Options {
  std::filesystem::path data;
  std::string collection;
  std::uint64_t count = 1'000'000;
  std::size_t dimension = 512;
  store::Scope scope{.account = "000000000000", .region = "us-east-1"};
};

store::Face face_of(std::uint64_t number, const std::string& version, Time now) {
  store::Face face;
  face.id = random_uuid();
  face.subject_id = random_uuid();
  face.image_id = random_uuid();
  face.external_image_id = "synthetic-" + std::to_string(number);
  face.picture_hash = sha256(as_bytes(face.id));
  face.box_left = face.box_top = 0.25;
  face.box_width = face.box_height = 0.5;
  face.confidence = 99;
  face.face_model_version = version;
  face.created = now;
  return face;
}

// Faces `from` to `to` in one transaction.
Result<void> add(const Options& options, store::Store& store, gallery::FaceVault& vault, const std::string& version,
                 std::uint64_t from, std::uint64_t to) {
  const People people(options.dimension);
  const SystemClock clock;
  store::FaceAddition addition;
  addition.most = 20'000'000;
  std::vector<std::string> ids;
  std::vector<std::vector<float>> embeddings;
  for (std::uint64_t number = from; number < to; ++number) {
    addition.faces.push_back(face_of(number, version, clock.now()));
    ids.push_back(addition.faces.back().id);
    embeddings.push_back(people.face(number, options.count / People::faces_of_person));
  }
  std::vector<const std::vector<float>*> views;
  views.reserve(embeddings.size());
  for (const std::vector<float>& embedding : embeddings) views.push_back(&embedding);
  std::vector<gallery::SealedTemplate> sealed = TRY(vault.seal({options.scope, options.collection}, ids, views));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    addition.faces[i].key_slot = sealed[i].key_slot;
    addition.faces[i].sealed_template = std::move(sealed[i].bytes);
  }
  const store::Mutation mutation{
      .record = {.kind = "faces.enrol", .actor = "operator", .time = clock.now(), .detail = "{}"}, .once = {}};
  (void)TRY(store.add_faces(options.scope, options.collection, addition, mutation));
  return {};
}

Result<void> fill(const Options& options) {
  Logger logger(LogLevel::error);
  const app::DataFolder folder = TRY(app::DataFolder::open(options.data));
  const app::LoadedMasterKey master = TRY(app::load_master_key(options.data, {}, app::MissingMasterKey::is_an_error));
  const std::unique_ptr<store::Store> store = TRY(app::open_store(options.data, master, SystemClock().now(), logger));
  const std::unique_ptr<gallery::KeySlots> slots =
      TRY(app::open_key_slots(options.data / app::face_keys_name, master.key));
  gallery::FaceVault vault(*slots);
  const store::Collection collection = TRY(store->collection(options.scope, options.collection));
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t from = 0; from < options.count; from += store::limits::page) {
    const std::uint64_t to = std::min(options.count, from + store::limits::page);
    TRY(add(options, *store, vault, collection.face_model_version, from, to));
  }
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("fill_seconds %.2f\n", took);
  return {};
}

}  // namespace
}  // namespace likeness::bench

int main(int argc, char** argv) {
  likeness::bench::Options options;
  CLI::App program("Fills a collection with synthetic faces");
  program.add_option("--data", options.data)->required();
  program.add_option("--collection", options.collection)->required();
  program.add_option("--count", options.count);
  program.add_option("--dimension", options.dimension);
  program.add_option("--account", options.scope.account);
  program.add_option("--region", options.scope.region);
  CLI11_PARSE(program, argc, argv);
  const likeness::Result<void> filled = likeness::bench::fill(options);
  if (filled.ok()) return 0;
  (void)std::fprintf(stderr, "fill_collection: %s\n", filled.error().message.c_str());
  return 1;
}

// A thief who has everything: the data folder as it is after an erasure, a backup of the database from before it, one
// from after it, and the master key. The thief must not get the erased face's vector back; and to show that the attack
// is a real one, it is run against a server that does not overwrite keys, where it must succeed.
//
// The thief is not polite: bytes of every file are searched for anything that looks like a key slot, at any place, and
// every template that any copy of the database holds, also in its log, is tried with every key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "gallery/half_floats.h"
#include "gallery/test_gallery.h"
#include "match/random_vectors.h"
#include "store/sqlite/sqlite_store.h"

namespace likeness::gallery {
namespace {

namespace fs = std::filesystem;

// Writes zeros nowhere: a build that skips the wipe.
class ForgetfulSlotFile final : public SlotFile {
 public:
  explicit ForgetfulSlotFile(std::unique_ptr<SlotFile> file) : file_(std::move(file)) {}
  Result<void> write(std::uint64_t offset, ByteSpan bytes) override {
    if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; })) return {};
    return file_->write(offset, bytes);
  }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const override {
    return file_->read(offset, bytes);
  }
  Result<void> sync() override { return file_->sync(); }
  [[nodiscard]] Result<std::uint64_t> size() const override { return file_->size(); }

 private:
  std::unique_ptr<SlotFile> file_;
};

Bytes read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Loot {
  std::vector<Bytes> files;                              // every file of every copy
  std::vector<fs::path> databases;                       // likeness.db of every copy
  std::vector<std::pair<std::string, Bytes>> templates;  // owner, sealed
};

void take(const fs::path& folder, Loot& loot) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) loot.files.push_back(read_file(entry.path()));
    if (entry.path().filename() == "likeness.db") loot.databases.push_back(entry.path());
  }
}

std::string owner_of(const store::Scope& scope, const std::string& face) {
  return scope.account + '/' + scope.region + "/collection/c/face/" + face;
}

// What every copy of the database says that there is, or was.
void read_databases(const store::Scope& scope, const fs::path& work, Loot& loot) {
  int number = 0;
  for (const fs::path& database : loot.databases) {
    const fs::path copy = work / std::to_string(number++);
    fs::create_directories(copy);
    for (const char* suffix : {"", "-wal"}) {
      const fs::path part = database.string() + suffix;
      if (fs::exists(part)) fs::copy_file(part, copy / (std::string("likeness.db") + suffix));
    }
    const auto store = store::SqliteStore::open({.file = copy / "likeness.db", .readers = 1}, Time{});
    ASSERT_TRUE(store.ok()) << store.error().message;
    const std::vector<store::FaceTemplate> found = (*store)->templates(scope, "c", 0, 1000).value();
    for (const store::FaceTemplate& each : found) {
      loot.templates.emplace_back(owner_of(scope, each.face_id), each.sealed_template);
    }
  }
}

// Every key that any file holds at any place, for any of the owners and any slot number that a small server has.
std::vector<SecretKey> keys_in(const Loot& loot, const std::string& owner) {
  std::vector<SecretKey> keys;
  constexpr std::array<std::uint8_t, 4> magic{'L', 'K', 'K', 1};
  const SecretKey wrapping = TestGallery::wrapping();
  for (const Bytes& file : loot.files) {
    for (auto at = file.begin(); (at = std::search(at, file.end(), magic.begin(), magic.end())) != file.end(); ++at) {
      if (file.end() - at < static_cast<std::ptrdiff_t>(KeySlots::slot_bytes)) break;
      const ByteSpan sealed(&*at + magic.size(), KeySlots::slot_bytes - magic.size());
      for (int slot = 1; slot < 20; ++slot) {
        const std::string place = "slot " + std::to_string(slot) + " of " + owner;
        const Result<SecretBytes> key = open_sealed(wrapping, sealed, as_bytes(place));
        if (key.ok()) keys.emplace_back(key->bytes().first<SecretKey::size>());
      }
    }
  }
  return keys;
}

// How near the best of what the thief can read comes to the face.
float best_guess(const Loot& loot, const std::vector<float>& face) {
  float best = -1;
  for (const auto& [owner, sealed] : loot.templates) {
    const std::vector<SecretKey> keys = keys_in(loot, owner);
    for (const SecretKey& key : keys) {
      const Result<SecretBytes> opened = open_sealed(key, sealed, as_bytes(owner));
      if (!opened.ok()) continue;
      const std::vector<float> vector = from_half_floats(opened->bytes());
      best = std::max(best, std::inner_product(vector.begin(), vector.end(), face.begin(), 0.0F));
    }
  }
  return best;
}

struct Attack {
  float erased = -1;  // cosine of the thief's best guess to the face that was erased
  float kept = -1;    // to one that was not: shows that the thief reads what is there
};

class AttackerTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }

  // A server's life with an erasure in it, and the theft at its end.
  void attack(bool wipes, Attack& result) {
    fs::create_directories(folder_ / "data");
    const fs::path database = folder_ / "data/likeness.db";
    const store::Scope scope{"123456789012", "us-east-1"};
    match::RandomVectors random(64, 4);
    const std::vector<float> ann = random.stranger();
    const std::vector<float> bob = random.stranger();
    {
      const auto store = store::SqliteStore::open({.file = database}, Time{}).value();
      std::unique_ptr<SlotFile> file = open_slot_file(folder_ / "data/face-keys").value();
      if (!wipes) file = std::make_unique<ForgetfulSlotFile>(std::move(file));
      const auto slots = KeySlots::open(std::move(file), TestGallery::wrapping()).value();
      FaceVault vault(*slots);
      const SystemClock clock;
      const Collections collections(*store, {.embedding_space = "space", .version = "1.2"}, SecretKey(Digest{}), clock);
      const Caller caller{.scope = scope, .actor = "AKID"};
      ASSERT_TRUE(collections.create(caller, "c", "collection/c", {}).ok());
      const store::Face erased = enrol(*store, vault, scope, ann);
      enrol(*store, vault, scope, bob);
      keep("before");
      const store::Mutation mutation{
          .record = {.kind = "faces.delete", .actor = "AKID", .time = clock.now(), .detail = "{}"}, .once = {}};
      ASSERT_TRUE(store->remove_faces(scope, "c", {erased}, mutation).ok());
      ASSERT_TRUE(vault.erase(*store, {erased.key_slot}).ok());
      keep("after");
      // The folder is stolen while the server runs: its log is there too.
      fs::copy(folder_ / "data", folder_ / "stolen", fs::copy_options::recursive);
    }
    Loot loot;
    for (const char* copy : {"before", "after", "stolen"}) take(folder_ / copy, loot);
    read_databases(scope, folder_ / "work", loot);
    ASSERT_GE(loot.templates.size(), 4U);
    result.erased = best_guess(loot, ann);
    result.kept = best_guess(loot, bob);
  }

  // A backup holds the database and its log, and no key slots.
  void keep(const char* name) {
    fs::create_directories(folder_ / name);
    for (const char* file : {"likeness.db", "likeness.db-wal"}) {
      fs::copy_file(folder_ / "data" / file, folder_ / name / file);
    }
  }

  static store::Face enrol(store::Store& store, FaceVault& vault, const store::Scope& scope,
                           const std::vector<float>& vector) {
    store::Face face;
    face.id = random_uuid();
    face.subject_id = random_uuid();
    face.image_id = random_uuid();
    face.picture_hash = sha256(as_bytes(face.id));
    const std::vector<const std::vector<float>*> vectors = {&vector};
    SealedTemplate sealed = std::move(vault.seal({scope, "c"}, std::vector{face.id}, vectors).value().front());
    face.key_slot = sealed.key_slot;
    face.sealed_template = std::move(sealed.bytes);
    const store::Mutation mutation{.record = {.kind = "faces.enrol", .actor = "AKID", .time = Time{}, .detail = "{}"},
                                   .once = {}};
    EXPECT_TRUE(store.add_faces(scope, "c", {.faces = {face}, .known_of_pictures = 0, .most = 10}, mutation).ok());
    return face;
  }

  const fs::path folder_ = fs::temp_directory_path() / ("likeness_attack_" + random_uuid());
};

TEST_F(AttackerTest, AnErasedFaceStaysErased) {
  Attack attempt;
  ASSERT_NO_FATAL_FAILURE(attack(true, attempt));
  EXPECT_GT(attempt.kept, 0.99F) << "the thief reads what was not erased";
  EXPECT_LT(attempt.erased, 0.6F) << "and nothing of what was";
}

TEST_F(AttackerTest, WithoutTheWipeTheThiefSucceeds) {
  Attack attempt;
  ASSERT_NO_FATAL_FAILURE(attack(false, attempt));
  EXPECT_GT(attempt.erased, 0.99F);
}

}  // namespace
}  // namespace likeness::gallery

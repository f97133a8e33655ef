// A thief who has everything: the data folder as it is after an erasure, a backup of the database from before it, one
// from after it, and the master key. The thief must not get the erased face's vector back; and to show that the attack
// is a real one, it is run against a server that does not overwrite keys, where it must succeed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "gallery/test_gallery.h"
#include "gallery/thief.h"
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

// How near the best of what the thief can read comes to the face.
float best_guess(const std::vector<StolenFace>& faces, const std::vector<float>& face) {
  float best = -1;
  for (const StolenFace& stolen : faces) {
    best = std::max(best, std::inner_product(stolen.vector.begin(), stolen.vector.end(), face.begin(), 0.0F));
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
    Thief thief({.scope = scope, .collection = "c", .wrapping = TestGallery::wrapping()}, folder_ / "work");
    for (const char* copy : {"before", "after", "stolen"}) thief.take(folder_ / copy);
    const Result<std::vector<StolenFace>> stolen = thief.read();
    ASSERT_TRUE(stolen.ok()) << stolen.error().message;
    ASSERT_GE(thief.templates(), 4U);
    result.erased = best_guess(*stolen, ann);
    result.kept = best_guess(*stolen, bob);
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
    const store::Face face = sealed_face(vault, {scope, "c"}, vector);
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

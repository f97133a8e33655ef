// A server's life, a copy of its database in the middle of it, and what a restore makes of the copy. The copy is a
// SQLite store's; the server goes on with the original.
#include "gallery/replay_deletions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gallery/test_gallery.h"
#include "store/limits.h"
#include "store/sqlite/sqlite_store.h"

namespace likeness::gallery {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

const store::Scope here{"123456789012", "us-east-1"};

class ReplayTest : public testing::Test {
 protected:
  ReplayTest() {
    std::filesystem::create_directories(folder_);
    live_ = open("live");
  }
  ~ReplayTest() override {
    std::error_code failure;
    std::filesystem::remove_all(folder_, failure);
  }

  std::unique_ptr<store::SqliteStore> open(const char* name) {
    return store::SqliteStore::open({.file = folder_ / name}, Time()).value();
  }
  // A face with a key in the slots, in a user's hands or nobody's.
  std::string enrol(const std::string& collection, const std::string& user = {}) {
    const store::Face face =
        sealed_face(vault_, {here, collection}, std::vector<float>(FakeEmbedder::test_dimension, 0.5F));
    store::FaceAddition addition;
    addition.faces = {face};
    addition.most = 100;
    (void)live_->add_faces(here, collection, addition, mutation()).value();
    if (!user.empty()) {
      store::Reassignment move;
      move.moves = {{.face_id = face.id, .from = face.subject_id, .to = subject(user)}};
      move.most = 100;
      (void)live_->reassign(here, collection, move, mutation()).value();
    }
    return face.id;
  }
  void make_collection(const std::string& id, std::uint8_t key = 1) {
    store::Collection collection;
    collection.id = id;
    collection.resource = "collection/" + id;
    collection.embedding_space = "space";
    collection.face_model_version = "1.2";
    collection.wrapped_key = {key};
    (void)live_->create_collection(here, collection, {}, mutation()).value();
  }
  void make_user(const std::string& id) {
    store::User user;
    user.id = id;
    user.subject_id = random_uuid();
    user.status = store::UserStatus::created;
    (void)live_->create_user(here, "c", user, mutation()).value();
  }
  std::string subject(const std::string& user) { return live_->user(here, "c", user).value().subject_id; }
  void erase(const std::string& collection, const std::string& id) {
    const std::vector<store::Face> faces = live_->faces(here, collection, {id}).value();
    (void)live_->remove_faces(here, collection, faces, mutation()).value();
    ASSERT_TRUE(vault_.erase(*live_, {faces.front().key_slot}).ok());
  }
  void reject(store::Store& store, const std::string& user, const std::string& face) {
    const store::Rejection rejection{
        .subject_id = subject(user), .face_id = face, .user_id = {}, .actor = "a", .created = {}};
    (void)store.reject(here, "c", rejection, 9, mutation()).value();
  }
  static store::Mutation mutation() {
    return {.record = {.kind = "test", .actor = "test", .time = {}, .detail = "{}"}, .once = std::nullopt};
  }
  static std::vector<std::string> faces_in(store::Store& store, const std::string& collection) {
    const std::vector<store::Face> faces = store.list_faces(here, collection, {}, 99).value();
    std::vector<std::string> ids;
    ids.reserve(faces.size());
    for (const store::Face& face : faces) ids.push_back(face.id);
    return ids;
  }
  static std::vector<std::string> users_in(store::Store& store) {
    const std::vector<store::User> users = store.list_users(here, "c", {}, 99).value();
    std::vector<std::string> ids;
    ids.reserve(users.size());
    for (const store::User& user : users) ids.push_back(user.id);
    return ids;
  }
  void back_up() { ASSERT_TRUE(live_->copy_to(folder_ / "copy").ok()); }

  const std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("likeness_replay_" + random_uuid());
  MemorySlotFile::Disk disk_;
  std::unique_ptr<KeySlots> slots_ =
      KeySlots::open(std::make_unique<MemorySlotFile>(disk_), TestGallery::wrapping()).value();
  FaceVault vault_{*slots_};
  std::unique_ptr<store::SqliteStore> live_;
};

TEST_F(ReplayTest, WhatWasErasedStaysErased) {
  make_collection("c");
  make_user("ann");
  const std::string kept = enrol("c", "ann");
  const std::string erased = enrol("c", "ann");
  const std::string alone = enrol("c");
  back_up();
  erase("c", erased);
  erase("c", alone);
  const std::string later = enrol("c", "ann");  // in a slot that one of the others had

  const auto restored = open("copy");
  EXPECT_EQ(faces_in(*restored, "c").size(), 3U) << "the backup knows them";
  const Replayed done = replay_deletions(*restored, live_.get(), vault_, "operator", Time()).value();
  EXPECT_THAT(faces_in(*restored, "c"), ElementsAre(kept));
  EXPECT_EQ(done.faces, 2U);
  EXPECT_EQ(done.faces_left, 1U);
  EXPECT_EQ(restored->collection_size(here, "c").value().faces, 1U);
  EXPECT_EQ(restored->slots_to_wipe(0, 9).value().size(), 2U);
  // The face of after the backup has still its key: a restore that is given up has lost nothing.
  EXPECT_TRUE(vault_.has_key({here, "c"}, later, live_->faces(here, "c", {later}).value().front().key_slot).value());
  EXPECT_EQ(restored->read_outbox(0, 99).value().back().record.kind, "faces.delete");
  // Again, as after an interruption: nothing is left to do.
  EXPECT_EQ(replay_deletions(*restored, live_.get(), vault_, "operator", Time()).value().faces, 0U);
}

TEST_F(ReplayTest, UsersAndCollectionsThatWereDeletedAreDeletedAgain) {
  make_collection("c");
  make_collection("gone");
  make_collection("again", 1);
  make_user("ann");
  make_user("bob");
  const std::string of_ann = enrol("c", "ann");
  const std::string of_bob = enrol("c", "bob");
  (void)enrol("gone");
  back_up();
  store::Reassignment end;
  end.moves = {{.face_id = of_ann, .from = subject("ann"), .to = random_uuid()}};
  end.removed = "ann";
  end.most = 9;
  (void)live_->reassign(here, "c", end, mutation()).value();
  make_user("ann");  // another person of that name
  for (const char* id : {"gone", "again"}) {
    (void)live_->delete_collection(here, id, mutation()).value();
    (void)live_->purge({here, id}, 99).value();
  }
  make_collection("again", 2);

  const auto restored = open("copy");
  const Replayed done = replay_deletions(*restored, live_.get(), vault_, "operator", Time()).value();
  EXPECT_EQ(done.users, 1U);
  EXPECT_EQ(done.collections, 2U);
  EXPECT_THAT(users_in(*restored), ElementsAre("bob"));
  EXPECT_THAT(faces_in(*restored, "c"), UnorderedElementsAre(of_ann, of_bob)) << "as after DeleteUser";
  EXPECT_FALSE(restored->collection(here, "gone").ok());
  EXPECT_FALSE(restored->collection(here, "again").ok());
}

TEST_F(ReplayTest, WhatPeopleSaidIsNotSoStaysSaid) {
  make_collection("c");
  make_user("ann");
  const std::string known = enrol("c");
  (void)enrol("c", "ann");
  back_up();
  reject(*live_, "ann", known);
  reject(*live_, "ann", enrol("c"));  // of a face that the backup has not

  const auto restored = open("copy");
  EXPECT_EQ(replay_deletions(*restored, live_.get(), vault_, "operator", Time()).value().rejections, 1U);
  const std::vector<store::Rejection> said = restored->list_rejections(here, "c", {}, {}, 9).value();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().face_id, known);
  EXPECT_EQ(replay_deletions(*restored, live_.get(), vault_, "operator", Time()).value().rejections, 0U);
}

TEST_F(ReplayTest, WithoutThePresentStoreTheKeysDecide) {
  make_collection("c");
  make_user("ann");
  const std::string kept = enrol("c");
  const std::string erased = enrol("c", "ann");
  back_up();
  erase("c", erased);
  (void)live_->delete_user(here, "c", "ann", mutation()).value();

  const auto restored = open("copy");
  const Replayed done = replay_deletions(*restored, nullptr, vault_, "operator", Time()).value();
  EXPECT_EQ(done.faces, 1U);
  EXPECT_THAT(faces_in(*restored, "c"), ElementsAre(kept));
  EXPECT_THAT(users_in(*restored), ElementsAre("ann")) << "comes back, without a face: docs/backup.md";
}

TEST_F(ReplayTest, KeysThatCannotBeReadEraseNothing) {
  make_collection("c");
  (void)enrol("c");
  back_up();
  class BrokenFile final : public SlotFile {
   public:
    Result<void> write(std::uint64_t /*offset*/, ByteSpan /*bytes*/) override { return {}; }
    Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> /*bytes*/) const override {
      if (offset > 0) return Error(ErrorKind::unavailable, "the disk does not answer");
      return 0;
    }
    Result<void> sync() override { return {}; }
    [[nodiscard]] Result<std::uint64_t> size() const override { return 0; }
  };
  const auto slots = KeySlots::open(std::make_unique<BrokenFile>(), TestGallery::wrapping()).value();
  const FaceVault vault(*slots);
  const auto restored = open("copy");
  EXPECT_FALSE(replay_deletions(*restored, live_.get(), vault, "operator", Time()).ok());
  EXPECT_EQ(faces_in(*restored, "c").size(), 1U);
}

}  // namespace
}  // namespace likeness::gallery

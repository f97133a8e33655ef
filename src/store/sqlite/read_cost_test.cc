// What a call reads of the file must not grow with the collection: a query that takes the wrong index is right, and
// slow only when there is much. Reads are counted below SQLite, so no clock is needed.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/sqlite/fault_vfs.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/test_folder.h"
#include "store/suite/store_suite.h"

namespace likeness::store {
namespace {

constexpr int faces = 6000;  // some 9 MB: more than a connection's cache, and far more than a call may read

const Scope here{.account = "111122223333", .region = "us-east-1"};

Face numbered_face(int number) {
  Face face = test_face(std::to_string(number), static_cast<std::uint64_t>(number) + 1);
  face.picture_hash = sha256(as_bytes(face.id));
  face.sealed_template = Bytes(1052, 7);
  return face;
}

class ReadCost : public testing::Test {
 protected:
  void SetUp() override {
    open();
    ASSERT_TRUE(store_->create_collection(here, test_collection("c"), {}, test_mutation("c")).ok());
    for (int from = 0; from < faces; from += 2000) {
      FaceAddition addition;
      addition.most = faces + 10;
      for (int i = from; i < from + 2000; ++i) addition.faces.push_back(numbered_face(i));
      ASSERT_TRUE(store_->add_faces(here, "c", addition, test_mutation("add")).ok());
    }
    for (int i = 0; i < 1000; ++i) {
      ASSERT_TRUE(store_->create_user(here, "c", test_user("u" + std::to_string(i)), test_mutation("u")).ok());
    }
  }

  // A store that has read nothing yet.
  void open() {
    store_.reset();
    store_ = SqliteStore::open({.file = folder_.database(), .readers = 1, .vfs = disk_.name(), .check_up_to = 0},
                               test_time(0))
                 .value();
  }
  std::uint64_t reads_of(const std::function<bool(SqliteStore&)>& call) {
    open();
    const std::uint64_t before = disk_.reads();
    EXPECT_TRUE(call(*store_));
    return disk_.reads() - before;
  }
  Face stored(int number) { return store_->faces(here, "c", {std::to_string(number)}).value().front(); }

  const TestFolder folder_;
  FaultVfs disk_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(ReadCost, OfCallsOnOneRecordIsThatOfAFewPages) {
  const Face face = stored(4321);
  Face fresh = numbered_face(faces);
  const Mutation mutation = test_mutation("x");
  FaceAddition addition;
  addition.faces = {fresh};
  addition.most = faces + 10;
  Reassignment move;
  move.moves = {{.face_id = face.id, .from = face.subject_id, .to = store_->user(here, "c", "u7").value().subject_id}};
  move.most = 9;
  const Rejection rejection{
      .subject_id = move.moves.front().to, .face_id = "77", .user_id = {}, .actor = "a", .created = test_time(1)};
  const std::vector<std::pair<const char*, std::function<bool(SqliteStore&)>>> calls = {
      {"faces", [&](SqliteStore& s) { return s.faces(here, "c", {face.id}).value().size() == 1; }},
      {"faces_in_slots",
       [&](SqliteStore& s) { return s.faces_in_slots(here, "c", {face.key_slot}).value().size() == 1; }},
      {"faces_of_picture",
       [&](SqliteStore& s) { return s.faces_of_picture(here, "c", face.picture_hash).value().size() == 1; }},
      {"faces_of_subject",
       [&](SqliteStore& s) { return s.faces_of_subject(here, "c", face.subject_id, {}, 100).value().size() == 1; }},
      {"mean_sharpness",
       [&](SqliteStore& s) { return s.mean_sharpness(here, "c", {face.subject_id}).value().size() == 1; }},
      {"collection_size", [&](SqliteStore& s) { return s.collection_size(here, "c").value().faces == faces; }},
      {"user", [&](SqliteStore& s) { return s.user(here, "c", "u500").ok(); }},
      {"list_rejections", [&](SqliteStore& s) { return s.list_rejections(here, "c", {}, {}, 9).ok(); }},
      {"rejections_of_face", [&](SqliteStore& s) { return s.rejections_of_face(here, "c", face.id, {}, 9).ok(); }},
      {"slots_to_wipe", [&](SqliteStore& s) { return s.slots_to_wipe(0, 9).ok(); }},
      {"purge", [&](SqliteStore& s) { return s.purge({here, "c"}, 9).ok(); }},
      {"add_faces", [&](SqliteStore& s) { return s.add_faces(here, "c", addition, mutation).ok(); }},
      {"reassign", [&](SqliteStore& s) { return s.reassign(here, "c", move, mutation).ok(); }},
      {"reject", [&](SqliteStore& s) { return s.reject(here, "c", rejection, 9, mutation).ok(); }},
      {"remove_faces", [&](SqliteStore& s) { return s.remove_faces(here, "c", {numbered_face(99)}, mutation).ok(); }},
      {"create_user", [&](SqliteStore& s) { return s.create_user(here, "c", test_user("new"), mutation).ok(); }},
      {"delete_user", [&](SqliteStore& s) { return s.delete_user(here, "c", "u9", mutation).ok(); }},
      {"delete_collection", [&](SqliteStore& s) { return s.delete_collection(here, "c", mutation).ok(); }},
  };
  // Depths of a handful of trees, a page or two of each row, the head of the file and the schema.
  constexpr std::uint64_t few = 90;
  for (const auto& [name, call] : calls) EXPECT_LT(reads_of(call), few) << name;
}

TEST_F(ReadCost, OfAPageIsThatOfItsRecords) {
  const auto page = [&](const std::string& after) {
    return reads_of([&](SqliteStore& s) { return s.list_faces(here, "c", after, 100).value().size() == 100; });
  };
  EXPECT_LT(page({}), 80U);
  EXPECT_LT(page("7"), 80U);
  EXPECT_LT(reads_of([&](SqliteStore& s) { return s.slots(here, "c", 3000, 100).value().size() == 100; }), 90U);
  EXPECT_LT(reads_of([&](SqliteStore& s) { return s.templates(here, "c", 3000, 100).value().size() == 100; }), 300U);
  EXPECT_LT(reads_of([&](SqliteStore& s) { return s.list_users(here, "c", "u5", 10).value().size() == 10; }), 120U);
}

}  // namespace
}  // namespace likeness::store

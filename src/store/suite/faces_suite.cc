// The store's suite: faces, whose they are, what was rejected, what must be wiped.
#include "store/suite/faces_suite.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "store/limits.h"

namespace likeness::store {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <typename T>
ErrorKind kind_of(const Result<T>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorKind::internal : result.error().kind;
}

std::vector<std::string> ids_of(const Result<std::vector<Face>>& faces) {
  EXPECT_TRUE(faces.ok());
  std::vector<std::string> ids;
  if (faces.ok()) {
    for (const Face& face : *faces) ids.push_back(face.id);
  }
  return ids;
}

TEST_P(FaceSuite, AFaceComesBackAsItWent) {
  Face face = test_face("f", 1);
  face.external_image_id = "picture";
  ASSERT_TRUE(store_->add_faces(here_, "c", addition_of({face}), test_mutation("add")).ok());
  EXPECT_THAT(*store_->faces(here_, "c", {"g", "f"}), ElementsAre(face));
  EXPECT_THAT(*store_->faces_in_slots(here_, "c", {2, 1}), ElementsAre(face));
  EXPECT_THAT(*store_->faces_of_picture(here_, "c", face.picture_hash), ElementsAre(face));
  EXPECT_THAT(*store_->faces_of_subject(here_, "c", "own-f", "", 9), ElementsAre(face));
  EXPECT_THAT(*store_->templates(here_, "c", 0, 9),
              ElementsAre(FaceTemplate{.key_slot = 1, .face_id = "f", .sealed_template = face.sealed_template}));
  EXPECT_THAT(*store_->slots(here_, "c", 0, 9), ElementsAre(1U));
  face.sealed_template.clear();
  EXPECT_THAT(*store_->list_faces(here_, "c", "", 9), ElementsAre(face));
  EXPECT_EQ(store_->collection_size(here_, "c")->faces, 1U);
  EXPECT_EQ(kind_of(store_->list_faces(elsewhere_, "c", "", 9)), ErrorKind::not_found);
}

TEST_P(FaceSuite, HowSharpASubjectsFacesAreOnAverage) {
  Face sharp = test_face("f", 1);
  sharp.sharpness = 90;
  Face blurred = test_face("g", 2);
  blurred.sharpness = 10;
  ASSERT_TRUE(store_->add_faces(here_, "c", addition_of({sharp, blurred}), test_mutation("add")).ok());
  EXPECT_THAT(*store_->mean_sharpness(here_, "c", {"own-g", "nobody", "own-f"}), ElementsAre(10.0, 100.0, 90.0));
  EXPECT_THAT(*store_->mean_sharpness(here_, "c", {}), IsEmpty());
  Reassignment together;
  together.made = test_user("u");
  together.moves = {{.face_id = "f", .from = "own-f", .to = "subject-u"},
                    {.face_id = "g", .from = "own-g", .to = "subject-u"}};
  together.most = 10;
  ASSERT_TRUE(store_->reassign(here_, "c", together, test_mutation("reassign")).ok());
  EXPECT_THAT(*store_->mean_sharpness(here_, "c", {"subject-u", "own-f"}), ElementsAre(50.0, 100.0));
  EXPECT_EQ(kind_of(store_->mean_sharpness(elsewhere_, "c", {"own-f"})), ErrorKind::not_found);
}

TEST_P(FaceSuite, AddingIsAllOrNothing) {
  add("f", 1);
  const std::uint64_t generation = *store_->collection_generation(here_, "c");
  const auto refused = [&](const FaceAddition& addition) {
    return kind_of(store_->add_faces(here_, "c", addition, test_mutation("add")));
  };
  EXPECT_EQ(refused(addition_of({test_face("g", 2), test_face("f", 3)})), ErrorKind::already_exists);
  EXPECT_EQ(refused(addition_of({test_face("g", 2), test_face("h", 1)}, 1)), ErrorKind::already_exists) << "slot";
  EXPECT_EQ(refused(addition_of({test_face("g", 2), test_face("h", 3)}, 0, 2)), ErrorKind::limit_exceeded);
  Face again = test_face("g", 2);
  again.picture_hash = test_face("f", 1).picture_hash;
  EXPECT_EQ(refused(addition_of({again}, 0)), ErrorKind::conflict) << "the picture is known";
  EXPECT_EQ(refused(addition_of({test_face("g", 2)}, 1)), ErrorKind::conflict) << "it is not";
  EXPECT_EQ(refused(addition_of({})), ErrorKind::invalid_argument);
  EXPECT_THAT(ids_of(store_->list_faces(here_, "c", "", 9)), ElementsAre("f"));
  EXPECT_EQ(*store_->collection_generation(here_, "c"), generation);
  ASSERT_TRUE(store_->add_faces(here_, "c", addition_of({again}, 1), test_mutation("add")).ok());
  EXPECT_GT(*store_->collection_generation(here_, "c"), generation);
  EXPECT_EQ(kind_of(store_->add_faces(here_, "d", addition_of({again}), test_mutation("add"))), ErrorKind::not_found);
}

TEST_P(FaceSuite, RemovedFacesLeaveTheirSlotsToWipe) {
  add("f", 5);
  add("g", 3);
  add("h", 4);
  EXPECT_THAT(*store_->slots_in_use(), ElementsAre(3U, 4U, 5U));
  Face foreign = test_face("g", 3);
  foreign.subject_id = "another";
  EXPECT_EQ(kind_of(store_->remove_faces(here_, "c", {test_face("f", 5), foreign}, test_mutation("remove"))),
            ErrorKind::conflict);
  EXPECT_THAT(*store_->slots_to_wipe(0, 9), IsEmpty());
  ASSERT_TRUE(store_->remove_faces(here_, "c", {test_face("f", 5), test_face("g", 3)}, test_mutation("remove")).ok());
  EXPECT_THAT(*store_->slots_to_wipe(0, 9), ElementsAre(3U, 5U));
  EXPECT_THAT(*store_->slots_to_wipe(4, 9), ElementsAre(5U));
  EXPECT_THAT(*store_->slots_in_use(), ElementsAre(4U));
  EXPECT_THAT(ids_of(store_->list_faces(here_, "c", "", 9)), ElementsAre("h"));
  EXPECT_EQ(store_->collection_size(here_, "c")->faces, 1U);
  ASSERT_TRUE(store_->forget_wiped({3, 5}).ok());
  EXPECT_THAT(*store_->slots_to_wipe(0, 9), IsEmpty());
  add("f", 5);
}

TEST_P(FaceSuite, FacesMoveBetweenSubjects) {
  add("f", 1);
  add("g", 2);
  add("h", 3);
  make_user("ann");
  EXPECT_EQ(kind_of(move("f", "subject-bob", "subject-ann")), ErrorKind::conflict);
  EXPECT_EQ(kind_of(move("missing", "own-f", "subject-ann")), ErrorKind::conflict);
  EXPECT_EQ(kind_of(move("f", "own-f", "own-g")), ErrorKind::conflict) << "a subject that is there and no user's";
  const std::uint64_t before = *store_->collection_generation(here_, "c");
  ASSERT_TRUE(move("f", "own-f", "subject-ann").ok());
  EXPECT_EQ(store_->faces(here_, "c", {"f"})->front().user_id, "ann");
  EXPECT_EQ(store_->user(here_, "c", "ann")->status, UserStatus::active);
  EXPECT_EQ(store_->changed_users(here_, "c", before, 0, 9)->size(), 1U);
  EXPECT_THAT(*store_->changed_users(here_, "c", *store_->collection_generation(here_, "c"), 0, 9), IsEmpty());
  ASSERT_TRUE(move("g", "own-g", "subject-ann").ok());
  EXPECT_EQ(kind_of(move("h", "own-h", "subject-ann")), ErrorKind::limit_exceeded);
  EXPECT_EQ(kind_of(store_->delete_user(here_, "c", "ann", test_mutation("delete"))), ErrorKind::conflict);
  EXPECT_EQ(kind_of(move("f", "subject-ann", "new", "ann")), ErrorKind::conflict) << "it keeps a face";
  EXPECT_EQ(store_->faces(here_, "c", {"f"})->front().user_id, "ann") << "nothing of it happened";
  ASSERT_TRUE(move("f", "subject-ann", "new").ok());
  ASSERT_TRUE(move("g", "subject-ann", "newer").ok());
  EXPECT_EQ(store_->user(here_, "c", "ann")->status, UserStatus::created);
  EXPECT_EQ(store_->faces(here_, "c", {"f"})->front().user_id, std::nullopt);
  ASSERT_TRUE(move("", "", "", "ann").ok());
  EXPECT_EQ(kind_of(store_->user(here_, "c", "ann")), ErrorKind::not_found);
  EXPECT_EQ(store_->collection_size(here_, "c")->users, 0U);
}

TEST_P(FaceSuite, UserNumbersAreNeverGivenAgain) {
  make_user("ann");
  const std::uint64_t first = store_->user(here_, "c", "ann")->number;
  EXPECT_GT(first, 0U);
  ASSERT_TRUE(store_->delete_user(here_, "c", "ann", test_mutation("delete")).ok());
  make_user("ann");
  const User second = *store_->user(here_, "c", "ann");
  EXPECT_GT(second.number, first);
  EXPECT_THAT(*store_->numbered_users(here_, "c", {first, second.number}), ElementsAre(second));
}

TEST_P(FaceSuite, RejectionsFollowTheFaces) {
  add("f", 1);
  add("g", 2);
  add("h", 3);
  make_user("ann");
  const auto reject = [&](const std::string& subject, const std::string& face) {
    return store_->reject(here_, "c", rejection(subject, face), 2, test_mutation("reject"));
  };
  EXPECT_EQ(kind_of(reject("own-f", "f")), ErrorKind::conflict) << "its own";
  EXPECT_EQ(kind_of(reject("nobody", "f")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(reject("own-f", "missing")), ErrorKind::not_found);
  ASSERT_TRUE(reject("own-f", "g").ok());
  ASSERT_TRUE(reject("own-f", "g").ok()) << "once more is no error";
  EXPECT_THAT(*store_->rejections_of_face(here_, "c", "g", "", 9), ElementsAre(rejection("own-f", "g")));
  ASSERT_TRUE(move("f", "own-f", "subject-ann").ok());
  Rejection of_ann = rejection("subject-ann", "g");
  of_ann.user_id = "ann";
  EXPECT_THAT(*store_->list_rejections(here_, "c", "", {}, 9), ElementsAre(of_ann)) << "the user inherits it";
  ASSERT_TRUE(reject("subject-ann", "h").ok());
  ASSERT_TRUE(move("f", "subject-ann", "alone").ok());
  EXPECT_EQ(store_->list_rejections(here_, "c", "alone", {}, 9)->size(), 2U) << "who leaves takes a copy along";
  EXPECT_EQ(store_->list_rejections(here_, "c", "subject-ann", {}, 9)->size(), 2U);
  EXPECT_EQ(store_->list_rejections(here_, "c", "", {.subject_id = "alone", .face_id = "g"}, 9)->size(), 3U);
  EXPECT_EQ(kind_of(reject("alone", "f")), ErrorKind::conflict);
  add("i", 4);
  EXPECT_EQ(kind_of(reject("alone", "i")), ErrorKind::limit_exceeded);
  ASSERT_TRUE(move("g", "own-g", "subject-ann").ok());
  EXPECT_EQ(store_->list_rejections(here_, "c", "subject-ann", {}, 9)->size(), 1U) << "no stranger any more";
  ASSERT_TRUE(store_->remove_faces(here_, "c", {test_face("h", 3)}, test_mutation("remove")).ok());
  EXPECT_THAT(*store_->rejections_of_face(here_, "c", "h", "", 9), IsEmpty());
  const RejectionKey key{.subject_id = "alone", .face_id = "g"};
  ASSERT_TRUE(store_->retract_rejection(here_, "c", key, test_mutation("retract")).ok());
  EXPECT_EQ(kind_of(store_->retract_rejection(here_, "c", key, test_mutation("retract"))), ErrorKind::not_found);
  EXPECT_THAT(*store_->list_rejections(here_, "c", "", {}, 9), IsEmpty());
}

TEST_P(FaceSuite, ADeletedCollectionIsGoneAtOnceAndPurgedInSteps) {
  std::vector<Face> faces;
  for (std::uint64_t slot = 1; slot <= 5; ++slot) faces.push_back(test_face("f" + std::to_string(slot), slot));
  ASSERT_TRUE(store_->add_faces(here_, "c", addition_of(faces), test_mutation("add")).ok());
  make_user("ann");
  ASSERT_TRUE(store_->delete_collection(here_, "c", test_mutation("delete")).ok());
  EXPECT_EQ(kind_of(store_->collection(here_, "c")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->faces(here_, "c", {"f1"})), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->user(here_, "c", "ann")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->tags_of(here_, "resource/c")), ErrorKind::not_found);
  EXPECT_THAT(*store_->list_collections(here_, "", 9), IsEmpty());
  EXPECT_EQ(kind_of(store_->delete_collection(here_, "c", test_mutation("delete"))), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->create_collection(here_, test_collection("c"), {}, test_mutation("c"))),
            ErrorKind::resource_in_use);
  EXPECT_EQ(store_->slots_in_use()->size(), 5U);
  EXPECT_THAT(*store_->deleted_collections(), ElementsAre(LocatedCollection{here_, "c"}));
  EXPECT_THAT(*store_->slots_of_deleted(here_, "c", 0, 9), ElementsAre(1U, 2U, 3U, 4U, 5U));
  EXPECT_THAT(*store_->slots_of_deleted(here_, "c", 3, 2), ElementsAre(3U, 4U));
  EXPECT_THAT(*store_->slots_of_deleted(other_account_, "c", 0, 9), IsEmpty());
  EXPECT_FALSE(*store_->purge({other_account_, "c"}, 2));
  EXPECT_TRUE(*store_->purge({here_, "c"}, 2));
  EXPECT_EQ(store_->slots_to_wipe(0, 9)->size(), 2U);
  EXPECT_EQ(store_->slots_in_use()->size(), 3U);
  while (*store_->purge({here_, "c"}, 2)) {
  }
  EXPECT_FALSE(*store_->purge({here_, "c"}, 2)) << "it is gone";
  EXPECT_THAT(*store_->deleted_collections(), IsEmpty());
  EXPECT_EQ(store_->slots_to_wipe(0, 9)->size(), 5U);
  EXPECT_THAT(*store_->slots_in_use(), IsEmpty());
  ASSERT_TRUE(store_->create_collection(here_, test_collection("c"), {}, test_mutation("c")).ok());
  EXPECT_EQ(store_->collection_size(here_, "c")->faces, 0U);
  EXPECT_TRUE(store_->check().ok());
}

}  // namespace
}  // namespace likeness::store

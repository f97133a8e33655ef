// Searches, users' vectors, rejections and deletions, on vectors instead of pictures.
#include "gallery/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "gallery/test_gallery.h"
#include "match/random_vectors.h"

namespace likeness::gallery {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class SearchTest : public testing::Test {
 protected:
  void SetUp() override {
    gallery_.make_collection("c");
    ann_ = random_.stranger();
    bob_ = random_.stranger();
  }
  std::vector<float> like(const std::vector<float>& person) { return random_.same_person(person, 0.9F); }
  TakenFor user(const std::string& id) { return {.user_id = id, .face_id = std::nullopt}; }
  TakenFor face(const std::string& id) { return {.user_id = std::nullopt, .face_id = id}; }
  Result<store::Applied> reject(const std::string& id, const TakenFor& taken_for) {
    return gallery_.corrections->reject(gallery_.caller, "c", id, taken_for, std::nullopt);
  }

  TestDisk disk_;
  TestGallery gallery_{disk_};
  match::RandomVectors random_{FakeEmbedder::test_dimension, 5};
  std::vector<float> ann_;
  std::vector<float> bob_;
};

TEST_F(SearchTest, NearestFirstWithoutTheFaceItself) {
  const std::string one = gallery_.add("c", ann_);
  const std::string near = gallery_.add("c", random_.same_person(ann_, 0.95F));
  const std::string far = gallery_.add("c", random_.same_person(ann_, 0.6F));
  gallery_.add("c", bob_);
  EXPECT_THAT(gallery_.like("c", one), ElementsAre(near, far));
  const Answer<SimilarFace> best =
      gallery_.search->faces_like_face(gallery_.caller.scope, "c", one, {.similarity_threshold = 0, .most = 1}).value();
  ASSERT_EQ(best.matches.size(), 1U);
  EXPECT_EQ(best.matches[0].face.id, near);
  EXPECT_GT(best.matches[0].similarity, 95);
  EXPECT_EQ(best.face_model_version, "1.2");
}

// Strangers who are blurred look alike (embed/calibration.h); FakeEmbedder counts their distances twice.
TEST_F(SearchTest, ALikenessOfBlurredFacesIsWorthLess) {
  const std::string probe = gallery_.add("c", ann_, 0);
  const std::string blurred = gallery_.add("c", random_.same_person(ann_, 0.65F), 0);
  const std::string sharp = gallery_.add("c", random_.same_person(ann_, 0.55F), 100);
  EXPECT_THAT(gallery_.like("c", probe), ElementsAre(sharp));
  // One sharp face of the two is enough.
  EXPECT_THAT(gallery_.like("c", sharp), testing::Contains(probe));
  const Answer<SimilarFace> all =
      gallery_.search->faces_like_face(gallery_.caller.scope, "c", probe, {.similarity_threshold = 0, .most = 9})
          .value();
  ASSERT_EQ(all.matches.size(), 2U);
  EXPECT_EQ(all.matches[0].face.id, sharp) << "the more similar one, though the other is nearer";
  EXPECT_EQ(all.matches[1].face.id, blurred);
  EXPECT_NEAR(all.matches[1].similarity, gallery_.analyzer.embedder().calibration().similarity(0.65F, 0), 0.5);
  const Answer<SimilarFace> best =
      gallery_.search->faces_like_face(gallery_.caller.scope, "c", probe, {.similarity_threshold = 0, .most = 1})
          .value();
  ASSERT_EQ(best.matches.size(), 1U);
  EXPECT_EQ(best.matches[0].face.id, sharp);
}

TEST_F(SearchTest, AUserIsAsSharpAsTheFacesAreOnAverage) {
  const std::string probe = gallery_.add("c", ann_, 0);
  for (const char* id : {"blurred", "mixed"}) gallery_.make_user("c", id);
  const std::vector<float> first = random_.same_person(ann_, 0.65F);
  const std::string one = gallery_.add("c", first, 0);
  const std::string two = gallery_.add("c", first, 0);
  const std::string three = gallery_.add("c", first, 0);
  const std::string four = gallery_.add("c", first, 100);
  ASSERT_THAT(gallery_.associate("c", "blurred", {one}).failures, IsEmpty());
  ASSERT_THAT(gallery_.associate("c", "blurred", {two}, 0).failures, IsEmpty());
  ASSERT_THAT(gallery_.associate("c", "mixed", {three}).failures, IsEmpty());
  ASSERT_THAT(gallery_.associate("c", "mixed", {four}).failures, IsEmpty());
  const Answer<SimilarUser> found =
      gallery_.search->users_like_face(gallery_.caller.scope, "c", probe, {.similarity_threshold = 0, .most = 9})
          .value();
  ASSERT_EQ(found.matches.size(), 2U);
  EXPECT_EQ(found.matches[0].user.id, "mixed");
  const embed::Calibration& calibration = gallery_.analyzer.embedder().calibration();
  EXPECT_NEAR(found.matches[0].similarity, calibration.similarity(0.65F, 50), 0.5);
  EXPECT_NEAR(found.matches[1].similarity, calibration.similarity(0.65F, 0), 0.5);
}

TEST_F(SearchTest, AFaceIsAssociatedByTheSharperOfTheTwo) {
  gallery_.make_user("c", "u");
  ASSERT_THAT(gallery_.associate("c", "u", {gallery_.add("c", ann_, 0)}).failures, IsEmpty());
  const Association refused = gallery_.associate("c", "u", {gallery_.add("c", random_.same_person(ann_, 0.6F), 0)});
  ASSERT_EQ(refused.failures.size(), 1U);
  EXPECT_EQ(refused.failures[0].reason, NotAssociated::low_confidence);
  EXPECT_THAT(gallery_.associate("c", "u", {gallery_.add("c", random_.same_person(ann_, 0.6F), 100)}).failures,
              IsEmpty());
}

TEST_F(SearchTest, CollectionsAreApart) {
  gallery_.make_collection("d");
  const std::string here = gallery_.add("c", ann_);
  gallery_.add("d", like(ann_));
  EXPECT_THAT(gallery_.like("c", here), IsEmpty());
}

TEST_F(SearchTest, AnotherEmbeddersCollectionIsRefusedAndCanBeEmptied) {
  const std::string id = gallery_.add("c", ann_);
  const Collections old(disk_.store, {.embedding_space = "older", .version = "0.9"}, SecretKey(Digest{}),
                        gallery_.clock);
  ASSERT_TRUE(old.create(gallery_.caller, "old", "collection/old", {}).ok());
  EXPECT_EQ(gallery_.search->faces_like_face(gallery_.caller.scope, "old", id, {}).error().kind,
            ErrorKind::invalid_argument);
  EXPECT_TRUE(gallery_.faces->remove(gallery_.caller, "old", {id}).ok());
  EXPECT_TRUE(gallery_.deletion->remove(gallery_.caller, "old").ok());
}

TEST_F(SearchTest, UsersAreFoundByTheAverageOfTheirFaces) {
  const std::string probe = gallery_.add("c", ann_);
  const std::vector<std::string> faces = {gallery_.add("c", like(ann_)), gallery_.add("c", like(ann_))};
  gallery_.make_user("c", "ann");
  gallery_.make_user("c", "bob");
  EXPECT_EQ(gallery_.associate("c", "ann", faces).faces.size(), 2U);
  EXPECT_EQ(gallery_.associate("c", "bob", {gallery_.add("c", bob_)}).faces.size(), 1U);
  EXPECT_THAT(gallery_.users_like("c", probe), ElementsAre("ann"));
  EXPECT_THAT(gallery_.like("c", probe), UnorderedElementsAre(faces[0], faces[1])) << "users are no faces";
  ASSERT_TRUE(
      gallery_.associations->disassociate(gallery_.caller, "c", "ann", faces, TestGallery::without_token()).ok());
  EXPECT_THAT(gallery_.users_like("c", probe), IsEmpty());
  ASSERT_EQ(gallery_.associate("c", "ann", faces).faces.size(), 2U);
  ASSERT_TRUE(gallery_.associations->remove_user(gallery_.caller, "c", "ann", std::nullopt).ok());
  EXPECT_THAT(gallery_.users_like("c", probe), IsEmpty());
  EXPECT_EQ(gallery_.like("c", probe).size(), 2U) << "the faces stay";
}

TEST_F(SearchTest, AUserHasAHundredFacesAtMost) {
  gallery_.make_user("c", "ann");
  std::vector<std::string> faces;
  faces.reserve(Associations::most_faces);
  for (std::size_t i = 0; i < Associations::most_faces; ++i) faces.push_back(gallery_.add("c", like(ann_)));
  EXPECT_EQ(gallery_.associate("c", "ann", faces).faces.size(), Associations::most_faces);
  const auto more = gallery_.associations->associate(gallery_.caller, "c", "ann", {gallery_.add("c", like(ann_))}, 0,
                                                     TestGallery::without_token());
  EXPECT_EQ(more.error().kind, ErrorKind::service_quota);
}

TEST_F(SearchTest, ARejectedMatchIsAnsweredNoMore) {
  const std::string ann = gallery_.add("c", ann_);
  const std::string twin = gallery_.add("c", like(ann_));
  const std::string ann_again = gallery_.add("c", like(ann_));
  EXPECT_THAT(gallery_.like("c", twin), UnorderedElementsAre(ann, ann_again));
  ASSERT_TRUE(reject(twin, face(ann)).ok());
  EXPECT_THAT(gallery_.like("c", twin), ElementsAre(ann_again)) << "that one was rejected for nobody";
  EXPECT_THAT(gallery_.like("c", ann), ElementsAre(ann_again)) << "nor the other way round";
  gallery_.make_user("c", "ann");
  EXPECT_EQ(gallery_.associate("c", "ann", {ann, ann_again}).faces.size(), 2U);
  EXPECT_THAT(gallery_.like("c", twin), IsEmpty()) << "the user inherits it, for every face";
  EXPECT_THAT(gallery_.users_like("c", twin), IsEmpty());
  EXPECT_THAT(gallery_.users_like("c", ann), ElementsAre("ann"));
  const Association refused = gallery_.associate("c", "ann", {twin});
  ASSERT_EQ(refused.failures.size(), 1U) << "who was rejected is not taken for the user all the same";
  EXPECT_EQ(refused.failures[0].reason, NotAssociated::low_confidence);
  ASSERT_TRUE(gallery_.corrections->retract(gallery_.caller, "c", twin, user("ann"), std::nullopt).ok());
  EXPECT_EQ(gallery_.like("c", twin).size(), 2U);
  EXPECT_THAT(gallery_.users_like("c", twin), ElementsAre("ann"));
}

TEST_F(SearchTest, UsersThatAreRejectedForEachOther) {
  const std::string ann = gallery_.add("c", ann_);
  const std::string twin = gallery_.add("c", like(ann_));
  for (const auto& [name, id] : {std::pair("ann", ann), {"twin", twin}}) {
    gallery_.make_user("c", name);
    ASSERT_EQ(gallery_.associate("c", name, {id}).faces.size(), 1U);
  }
  const auto found = [&](const char* name) {
    return gallery_.search->users_like_user(gallery_.caller.scope, "c", name, {}).value().matches.size();
  };
  EXPECT_EQ(found("ann"), 1U);
  ASSERT_TRUE(reject(twin, user("ann")).ok());
  EXPECT_EQ(found("ann"), 0U);
  EXPECT_EQ(found("twin"), 0U);
}

TEST_F(SearchTest, RejectionsHaveTheirErrors) {
  const std::string ann = gallery_.add("c", ann_);
  gallery_.make_user("c", "ann");
  ASSERT_EQ(gallery_.associate("c", "ann", {ann}).faces.size(), 1U);
  EXPECT_EQ(reject(ann, user("ann")).error().kind, ErrorKind::invalid_argument) << "her own face";
  EXPECT_EQ(reject(ann, user("nobody")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(reject("missing", user("ann")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(gallery_.corrections->retract(gallery_.caller, "c", ann, user("ann"), std::nullopt).error().kind,
            ErrorKind::not_found);
}

TEST_F(SearchTest, AUserIsSplitAndMergedAgain) {
  const std::string ann = gallery_.add("c", ann_);
  const std::string bob = gallery_.add("c", bob_);
  const std::string probe = gallery_.add("c", like(bob_));
  gallery_.make_user("c", "both");
  ASSERT_EQ(gallery_.associate("c", "both", {ann}).faces.size(), 1U);
  ASSERT_EQ(gallery_.associate("c", "both", {bob}, 0).faces.size(), 1U);
  const auto split = [&](const std::vector<std::string>& faces, const char* name) {
    return gallery_.corrections->split(gallery_.caller, "c", "both", faces, name, std::nullopt);
  };
  EXPECT_EQ(split({probe}, "bob").error().kind, ErrorKind::invalid_argument) << "not this user's face";
  EXPECT_EQ(split({bob, "missing"}, "bob").error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(split({bob}, "both").error().kind, ErrorKind::already_exists);
  ASSERT_TRUE(split({bob}, "bob").ok());
  EXPECT_THAT(gallery_.users_like("c", probe), ElementsAre("bob"));
  EXPECT_THAT(gallery_.users_like("c", ann), ElementsAre("both"));
  const auto merge = [&](const char* kept, const char* ended) {
    return gallery_.corrections->merge(gallery_.caller, "c", kept, ended, std::nullopt);
  };
  EXPECT_EQ(merge("bob", "bob").error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(merge("bob", "nobody").error().kind, ErrorKind::not_found);
  ASSERT_TRUE(merge("bob", "both").ok());
  EXPECT_EQ(gallery_.users.list(gallery_.caller.scope, "c", "", 10)->size(), 1U);
  EXPECT_THAT(gallery_.users_like("c", ann, 0), ElementsAre("bob"));
}

TEST_F(SearchTest, WhatIsDeletedCannotBeReadAgain) {
  const std::string ann = gallery_.add("c", ann_);
  const std::string near = gallery_.add("c", like(ann_));
  const store::Face stored = disk_.store.faces(gallery_.caller.scope, "c", {near})->front();
  ASSERT_TRUE(gallery_.vault.open({gallery_.caller.scope, "c"}, near, stored.key_slot, stored.sealed_template).ok());
  const Removal removal = gallery_.faces->remove(gallery_.caller, "c", {near, "missing", near}).value();
  EXPECT_THAT(removal.removed, ElementsAre(near));
  ASSERT_EQ(removal.unremoved.size(), 1U);
  EXPECT_EQ(removal.unremoved[0].reason, NotRemoved::not_found);
  EXPECT_EQ(
      gallery_.vault.open({gallery_.caller.scope, "c"}, near, stored.key_slot, stored.sealed_template).error().kind,
      ErrorKind::corrupt);
  EXPECT_THAT(gallery_.like("c", ann), IsEmpty());
  EXPECT_THAT(*disk_.store.slots_to_wipe(0, 10), IsEmpty());
  EXPECT_EQ(gallery_.slots().used(), 1U);
}

// A disk that fails while a key is overwritten: the face is gone, its key is not, and the next look overwrites it.
TEST_F(SearchTest, AnErasureThatFailedIsFinishedLater) {
  const std::string ann = gallery_.add("c", ann_);
  disk_.slots.writes_that_succeed = 0;
  EXPECT_EQ(gallery_.faces->remove(gallery_.caller, "c", {ann}).error().kind, ErrorKind::unavailable);
  disk_.slots.writes_that_succeed = 1000;
  EXPECT_EQ(disk_.store.slots_to_wipe(0, 10)->size(), 1U);
  EXPECT_EQ(gallery_.slots().used(), 1U);
  ASSERT_TRUE(finish_deletions(disk_.store, gallery_.vault).ok());
  EXPECT_EQ(gallery_.slots().used(), 0U);
  EXPECT_THAT(*disk_.store.slots_to_wipe(0, 10), IsEmpty());
}

TEST_F(SearchTest, ADeletedCollectionLeavesNoKeys) {
  gallery_.make_user("c", "ann");
  ASSERT_EQ(gallery_.associate("c", "ann", {gallery_.add("c", ann_)}).faces.size(), 1U);
  gallery_.add("c", bob_);
  ASSERT_TRUE(gallery_.deletion->remove(gallery_.caller, "c").ok());
  EXPECT_EQ(gallery_.slots().used(), 0U);
  EXPECT_EQ(gallery_.deletion->remove(gallery_.caller, "c").error().kind, ErrorKind::not_found);
  gallery_.make_collection("c");
  const std::string fresh = gallery_.add("c", ann_);
  EXPECT_THAT(gallery_.like("c", fresh, 0), IsEmpty());
}

TEST_F(SearchTest, ANewStartFindsTheSame) {
  const std::string ann = gallery_.add("c", ann_);
  const std::vector<std::string> faces = {gallery_.add("c", like(ann_)), gallery_.add("c", like(ann_))};
  gallery_.make_user("c", "ann");
  ASSERT_EQ(gallery_.associate("c", "ann", faces).faces.size(), 2U);
  TestGallery again(disk_);
  EXPECT_THAT(again.like("c", ann), UnorderedElementsAre(faces[0], faces[1]));
  EXPECT_THAT(again.users_like("c", ann), ElementsAre("ann"));
}

// Deletions, additions and the deletion of whole collections at the same time: no key that is in use is overwritten.
TEST_F(SearchTest, ErasuresDoNotMeetTheKeysOfNewFaces) {
  std::vector<std::thread> threads;
  threads.reserve(3);
  std::vector<std::string> kept;
  std::mutex mutex;
  for (int worker = 0; worker < 3; ++worker) {
    threads.emplace_back([&, worker] {
      match::RandomVectors random(FakeEmbedder::test_dimension, static_cast<unsigned>(100 + worker));
      for (int round = 0; round < 60; ++round) {
        const std::string stays = gallery_.add("c", random.stranger());
        const std::string goes = gallery_.add("c", random.stranger());
        EXPECT_EQ(gallery_.faces->remove(gallery_.caller, "c", {goes})->removed.size(), 1U);
        const std::lock_guard lock(mutex);
        kept.push_back(stays);
      }
    });
  }
  threads.emplace_back([&] {
    match::RandomVectors random(FakeEmbedder::test_dimension, 200);
    for (int round = 0; round < 30; ++round) {
      const std::string id = "d" + std::to_string(round);
      gallery_.make_collection(id);
      for (int i = 0; i < 3; ++i) gallery_.add(id, random.stranger());
      EXPECT_TRUE(gallery_.deletion->remove(gallery_.caller, id).ok());
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(gallery_.slots().used(), kept.size());
  const std::vector<store::Face> faces = disk_.store.faces(gallery_.caller.scope, "c", kept).value();
  for (const store::Face& face : faces) {
    EXPECT_TRUE(gallery_.vault.open({gallery_.caller.scope, "c"}, face.id, face.key_slot, face.sealed_template).ok());
  }
  const auto index = gallery_.indexes->of(gallery_.caller.scope, *gallery_.collections.get(gallery_.caller.scope, "c"));
  EXPECT_EQ((*index)->vectors().size(), kept.size()) << "the index equals the store";
}

// Of a collection with many faces: when its end is answered nothing can be read, and its rows go afterwards, whatever
// happens in between.
TEST(LargeCollection, IsUnreadableAtOnceAndRemovedLater) {
  TestDisk disk;
  match::RandomVectors random(FakeEmbedder::test_dimension, 9);
  std::vector<store::Face> faces;
  {
    TestGallery gallery(disk);
    gallery.make_collection("large");
    gallery.make_collection("other");
    for (int i = 0; i < 5; ++i) {
      const std::string id = gallery.add("large", random.stranger());
      faces.push_back(disk.store.faces(gallery.caller.scope, "large", {id}).value().front());
    }
    int later = 0;
    const CollectionDeletion deletion(*gallery.services, nullptr, [&later] { ++later; }, 4);
    ASSERT_TRUE(deletion.remove(gallery.caller, "large").ok());
    EXPECT_EQ(later, 1);
    for (const store::Face& face : faces) {
      EXPECT_FALSE(gallery.vault.has_key({gallery.caller.scope, "large"}, face.id, face.key_slot).value());
    }
    EXPECT_EQ(disk.store.deleted_collections().value().size(), 1U) << "its rows are still there";
    EXPECT_EQ(gallery.collections.create(gallery.caller, "large", "collection/large", {}).error().kind,
              ErrorKind::resource_in_use);
    // A small one that ends meanwhile does not wait for it.
    gallery.make_collection("small");
    (void)gallery.add("small", random.stranger());
    ASSERT_TRUE(deletion.remove(gallery.caller, "small").ok());
    EXPECT_EQ(later, 1);
    EXPECT_THAT(disk.store.deleted_collections().value(),
                testing::ElementsAre(store::LocatedCollection{gallery.caller.scope, "large"}));
    gallery.make_collection("small");
  }
  // The process ends, and the next one starts.
  TestGallery gallery(disk);
  ASSERT_TRUE(erase_deleted(disk.store, gallery.vault).ok());
  ASSERT_TRUE(gallery.slots().reclaim(disk.store.slots_in_use().value()).ok());
  std::vector<store::Face> fresh;
  for (int i = 0; i < 5; ++i) {
    const std::string id = gallery.add("other", random.stranger());
    fresh.push_back(disk.store.faces(gallery.caller.scope, "other", {id}).value().front());
  }
  int steps = 0;
  ASSERT_TRUE(finish_deletions(disk.store, gallery.vault, [&steps] { return ++steps < 100; }).ok());
  EXPECT_THAT(disk.store.deleted_collections().value(), testing::IsEmpty());
  EXPECT_THAT(disk.store.slots_to_wipe(0, 9).value(), testing::IsEmpty());
  for (const store::Face& face : fresh) {
    EXPECT_TRUE(gallery.vault.has_key({gallery.caller.scope, "other"}, face.id, face.key_slot).value())
        << "a new face's key was overwritten";
  }
  EXPECT_EQ(gallery.slots().used(), 5U);
  gallery.make_collection("large");
}

}  // namespace
}  // namespace likeness::gallery

#include "gallery/collections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/sealing.h"
#include "gallery/test_gallery.h"
#include "gallery/users.h"
#include "store/limits.h"

namespace likeness::gallery {
namespace {

using testing::IsEmpty;

class CollectionsTest : public testing::Test {
 protected:
  std::vector<store::OutboxEntry> ledger() { return store_.read_outbox(0, store::limits::page).value(); }

  Result<void> remove(const std::string& id) { return gallery_.deletion->remove(caller_, id); }

  TestDisk disk_;
  TestGallery gallery_{disk_};
  ManualClock& clock_ = gallery_.clock;
  store::MemoryStore& store_ = disk_.store;
  Collections& collections_ = gallery_.collections;
  Caller caller_ = gallery_.caller;
};

TEST_F(CollectionsTest, ACollectionStaysWithTheModelItWasMadeWith) {
  ASSERT_TRUE(collections_.create(caller_, "c", "collection/c", {}).ok());
  const Collections later(store_, {.embedding_space = "other", .version = "2.0"}, SecretKey(Digest{}), clock_);
  clock_.advance(std::chrono::hours(1));
  const CollectionDescription found = later.describe(caller_.scope, "c").value();
  EXPECT_EQ(found.collection.embedding_space, "space");
  EXPECT_EQ(found.collection.face_model_version, "1.2");
  EXPECT_EQ(found.collection.created, *parse_iso8601_basic("20260203T040506Z"));
  EXPECT_TRUE(remove("c").ok());
}

TEST_F(CollectionsTest, AnIdIsTakenOnceInEachScope) {
  ASSERT_TRUE(collections_.create(caller_, "c", "collection/c", {}).ok());
  const Error again = collections_.create(caller_, "c", "collection/c", {}).error();
  EXPECT_EQ(again.kind, ErrorKind::already_exists);
  EXPECT_EQ(again.message, "The collection id: c already exists");
  EXPECT_TRUE(collections_.create(caller_, "C", "collection/C", {}).ok()) << "ids are case-sensitive";
  for (const store::Scope& other : {store::Scope{"210987654321", "us-east-1"}, {"123456789012", "eu-west-1"}}) {
    EXPECT_TRUE(collections_.create({other, "AKID"}, "c", "collection/c", {}).ok());
    EXPECT_EQ(collections_.list(other, "", 10)->size(), 1U);
  }
}

TEST_F(CollectionsTest, WhatIsNotThereIsNamed) {
  EXPECT_EQ(collections_.describe(caller_.scope, "c").error().message, "The collection id: c does not exist");
  EXPECT_EQ(remove("c").error().kind, ErrorKind::not_found);
  EXPECT_EQ(collections_.tag(caller_, "collection/c", {}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(collections_.untag(caller_, "collection/c", {}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(collections_.tags(caller_.scope, "collection/c").error().kind, ErrorKind::not_found);
  EXPECT_THAT(ledger(), IsEmpty()) << "what changes nothing leaves no record";
}

TEST_F(CollectionsTest, UsersAndTagsGoWithTheirCollection) {
  const Users users(store_, clock_);
  ASSERT_TRUE(collections_.create(caller_, "c", "collection/c", {{"a", "1"}}).ok());
  ASSERT_TRUE(users.create(caller_, "c", "u", std::nullopt).ok());
  EXPECT_EQ(collections_.describe(caller_.scope, "c")->size.users, 1U);
  ASSERT_TRUE(remove("c").ok());
  ASSERT_TRUE(collections_.create(caller_, "c", "collection/c", {}).ok());
  EXPECT_EQ(collections_.describe(caller_.scope, "c")->size.users, 0U);
  EXPECT_THAT(*collections_.tags(caller_.scope, "collection/c"), IsEmpty());
}

TEST_F(CollectionsTest, TagsAreAddedReplacedRemovedAndLimited) {
  const char* resource = "collection/c";
  ASSERT_TRUE(collections_.create(caller_, "c", resource, {{"a", "1"}}).ok());
  ASSERT_TRUE(collections_.tag(caller_, resource, {{"a", "2"}, {"b", ""}}).ok());
  EXPECT_EQ(*collections_.tags(caller_.scope, resource), (store::Tags{{"a", "2"}, {"b", ""}}));
  ASSERT_TRUE(collections_.untag(caller_, resource, {"a", "not there"}).ok());
  EXPECT_EQ(*collections_.tags(caller_.scope, resource), (store::Tags{{"b", ""}}));
  store::Tags many;
  for (std::size_t i = 0; i < Collections::max_tags; ++i) many.emplace("k" + std::to_string(i), "v");
  EXPECT_EQ(collections_.tag(caller_, resource, many).error().kind, ErrorKind::service_quota);
  EXPECT_EQ(collections_.tags(caller_.scope, resource)->size(), 1U) << "all or none";
  ASSERT_TRUE(collections_.untag(caller_, resource, {"b"}).ok());
  EXPECT_TRUE(collections_.tag(caller_, resource, many).ok());
}

TEST_F(CollectionsTest, EachHasAKeyOfItsOwnThatOpensInItsPlaceOnly) {
  for (const char* id : {"c", "d"}) ASSERT_TRUE(collections_.create(caller_, id, id, {}).ok());
  const SecretKey key{Digest{}};
  const Bytes c = collections_.describe(caller_.scope, "c")->collection.wrapped_key;
  const Bytes d = collections_.describe(caller_.scope, "d")->collection.wrapped_key;
  const Result<SecretBytes> of_c = open_sealed(key, c, as_bytes("123456789012/us-east-1/collection/c"));
  const Result<SecretBytes> of_d = open_sealed(key, d, as_bytes("123456789012/us-east-1/collection/d"));
  ASSERT_TRUE(of_c.ok() && of_d.ok());
  EXPECT_EQ(of_c->bytes().size(), SecretKey::size);
  EXPECT_NE(of_c->text(), of_d->text());
  EXPECT_FALSE(open_sealed(key, c, as_bytes("123456789012/us-east-1/collection/d")).ok());
}

TEST_F(CollectionsTest, ThePurposeIsThatOfTheTag) {
  ASSERT_TRUE(collections_.create(caller_, "c", "collection/c", {{"likeness:purpose", "door"}}).ok());
  EXPECT_EQ(collections_.describe(caller_.scope, "c")->collection.purpose, "door");
}

TEST_F(CollectionsTest, EachChangeLeavesItsRecord) {
  ASSERT_TRUE(collections_.create(caller_, "c", "collection/c", {{"a", "1"}}).ok());
  ASSERT_TRUE(collections_.tag(caller_, "collection/c", {{"name", "Ada"}}).ok());
  ASSERT_TRUE(collections_.untag(caller_, "collection/c", {"name"}).ok());
  ASSERT_TRUE(remove("c").ok());
  const std::vector<store::OutboxEntry> entries = ledger();
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].record.kind, "collection.create");
  EXPECT_EQ(entries[0].record.detail, R"({"collection":"c","embedding_space":"space"})");
  EXPECT_EQ(entries[1].record.detail, R"({"resource":"collection/c","tags":1})") << "values of tags stay out";
  EXPECT_EQ(entries[2].record.kind, "resource.untag");
  EXPECT_EQ(entries[3].record.kind, "collection.delete");
  for (const store::OutboxEntry& entry : entries) {
    EXPECT_EQ(entry.record.actor, "AKID");
    EXPECT_EQ(entry.scope, caller_.scope);
    EXPECT_EQ(entry.record.time, clock_.now());
  }
}

}  // namespace
}  // namespace likeness::gallery

#include "store/suite/store_suite.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "store/limits.h"

namespace likeness::store {

Time test_time(std::int64_t seconds) { return Time(std::chrono::seconds(1'800'000'000 + seconds)) + Micros(7); }

Mutation test_mutation(const std::string& kind, std::int64_t seconds) {
  return {.record = {.kind = kind, .actor = "LKTEST", .time = test_time(seconds), .detail = "{\"n\":1}"},
          .once = std::nullopt};
}

AccessKey test_key(const std::string& id) {
  AccessKey key;
  key.id = id;
  key.sealed_secret = {0, 1, 2, 255};
  key.policies = {"admin", "search"};
  key.note = "of " + id;
  key.created = test_time(1);
  return key;
}

Collection test_collection(const std::string& id) {
  Collection collection;
  collection.id = id;
  collection.resource = "resource/" + id;
  collection.embedding_space = "space";
  collection.face_model_version = "7.0";
  collection.purpose = "general";
  collection.wrapped_key = {9, 0, 9};
  collection.created = test_time(2);
  return collection;
}

User test_user(const std::string& id) {
  User user;
  user.id = id;
  user.subject_id = "subject-" + id;
  user.created = test_time(3);
  return user;
}

Face test_face(const std::string& id, std::uint64_t key_slot) {
  Face face;
  face.id = id;
  face.subject_id = "own-" + id;
  face.image_id = "image-" + id;
  face.picture_hash.fill(static_cast<std::uint8_t>(key_slot));
  face.box_left = 0.25;
  face.box_top = -0.125;
  face.box_width = 0.5;
  face.box_height = 0.75;
  face.confidence = 99.5;
  face.sharpness = 62.5;
  face.face_model_version = "7.0";
  face.sealed_template = {7, 0, 7};
  face.key_slot = key_slot;
  face.created = test_time(4);
  return face;
}

namespace {

Digest digest_of(std::uint8_t byte) {
  Digest digest{};
  digest.fill(byte);
  return digest;
}

Mutation with_token(const std::string& token, std::uint8_t parameters, const std::string& response,
                    std::int64_t seconds = 0) {
  Mutation mutation = test_mutation("with-token", seconds);
  mutation.once = Idempotency{.operation = "Create",
                              .token = token,
                              .parameters_hash = digest_of(parameters),
                              .response = response,
                              .expires_at = test_time(seconds + 100)};
  return mutation;
}

template <typename T>
ErrorKind kind_of(const Result<T>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorKind::internal : result.error().kind;
}

template <typename T>
std::vector<std::string> ids_of(const Result<std::vector<T>>& page) {
  EXPECT_TRUE(page.ok());
  std::vector<std::string> ids;
  if (page.ok()) {
    for (const T& record : *page) ids.push_back(record.id);
  }
  return ids;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreSuite, AccessKeyComesBackAsItWent) {
  AccessKey key = test_key("LKA");
  key.rotated_from = "LK0";
  key.enabled = false;
  key.note = std::string("two\nlines and a \0 byte", 22);
  ASSERT_TRUE(store_->create_access_key(here_, key, test_mutation("key.create")).ok());
  EXPECT_EQ(*store_->access_key(here_, "LKA"), key);
  EXPECT_EQ(*store_->locate_access_key("LKA"), (LocatedAccessKey{.scope = here_, .key = key}));
  EXPECT_EQ(kind_of(store_->access_key(elsewhere_, "LKA")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->access_key(here_, "lka")), ErrorKind::not_found) << "byte for byte";
}

TEST_P(StoreSuite, AccessKeyIdsAreUniqueOverAllScopes) {
  ASSERT_TRUE(store_->create_access_key(here_, test_key("LKA"), test_mutation("key.create")).ok());
  EXPECT_EQ(kind_of(store_->create_access_key(here_, test_key("LKA"), test_mutation("x"))), ErrorKind::already_exists);
  EXPECT_EQ(kind_of(store_->create_access_key(other_account_, test_key("LKA"), test_mutation("x"))),
            ErrorKind::already_exists);
  EXPECT_EQ(store_->read_outbox(0, 10)->size(), 1U) << "what failed leaves no record";
}

TEST_P(StoreSuite, AccessKeyChangesInPlace) {
  AccessKey key = test_key("LKA");
  ASSERT_TRUE(store_->create_access_key(here_, key, test_mutation("key.create")).ok());
  AccessKeyChange change;
  change.enabled = false;
  ASSERT_TRUE(store_->change_access_key(here_, "LKA", change, test_mutation("key.disable")).ok());
  key.enabled = false;
  EXPECT_EQ(*store_->access_key(here_, "LKA"), key);
  change = {};
  change.policies = std::vector<std::string>{};
  change.note = "";
  change.sealed_secret = Bytes{5};
  ASSERT_TRUE(store_->change_access_key(here_, "LKA", change, test_mutation("key.change")).ok());
  key.policies.clear();
  key.note.clear();
  key.sealed_secret = {5};
  EXPECT_EQ(*store_->access_key(here_, "LKA"), key);
  EXPECT_EQ(kind_of(store_->change_access_key(elsewhere_, "LKA", change, test_mutation("x"))), ErrorKind::not_found);
  ASSERT_TRUE(store_->delete_access_key(here_, "LKA", test_mutation("key.delete")).ok());
  EXPECT_EQ(kind_of(store_->delete_access_key(here_, "LKA", test_mutation("x"))), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->locate_access_key("LKA")), ErrorKind::not_found);
}

TEST_P(StoreSuite, ListingsAreInByteOrderAndPaged) {
  for (const char* id : {"b", "a", "B", "c", "\xC3\xA9"}) {
    ASSERT_TRUE(store_->create_access_key(here_, test_key(id), test_mutation("key.create")).ok());
  }
  ASSERT_TRUE(store_->create_access_key(elsewhere_, test_key("aa"), test_mutation("key.create")).ok());
  EXPECT_THAT(ids_of(store_->list_access_keys(here_, "", 10)), ElementsAre("B", "a", "b", "c", "\xC3\xA9"));
  EXPECT_THAT(ids_of(store_->list_access_keys(here_, "", 2)), ElementsAre("B", "a"));
  EXPECT_THAT(ids_of(store_->list_access_keys(here_, "a", 2)), ElementsAre("b", "c"));
  EXPECT_THAT(ids_of(store_->list_access_keys(here_, "aa", 2)), ElementsAre("b", "c")) << "after need not exist";
  EXPECT_THAT(ids_of(store_->list_access_keys(here_, "\xC3\xA9", 2)), IsEmpty());
  EXPECT_EQ(kind_of(store_->list_access_keys(here_, "", 0)), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of(store_->list_access_keys(here_, "", limits::page + 1)), ErrorKind::invalid_argument);
}

TEST_P(StoreSuite, PolicyIsMadeReplacedAndDeleted) {
  PolicyDocument policy{.name = "enroll", .document = "{}", .created = test_time(1), .updated = test_time(1)};
  ASSERT_TRUE(store_->put_policy(here_, policy, test_mutation("policy.put")).ok());
  EXPECT_EQ(*store_->policy(here_, "enroll"), policy);
  const PolicyDocument replaced{
      .name = "enroll", .document = "{\"a\":1}", .created = test_time(5), .updated = test_time(5)};
  ASSERT_TRUE(store_->put_policy(here_, replaced, test_mutation("policy.put")).ok());
  policy.document = replaced.document;
  policy.updated = replaced.updated;
  EXPECT_EQ(*store_->policy(here_, "enroll"), policy) << "made when it was first made";
  EXPECT_THAT(*store_->list_policies(here_, "", 9), ElementsAre(policy));
  EXPECT_EQ(kind_of(store_->policy(other_account_, "enroll")), ErrorKind::not_found);
  ASSERT_TRUE(store_->delete_policy(here_, "enroll", test_mutation("policy.delete")).ok());
  EXPECT_EQ(kind_of(store_->delete_policy(here_, "enroll", test_mutation("x"))), ErrorKind::not_found);
}

TEST_P(StoreSuite, PolicyThatAKeyNamesStays) {
  const PolicyDocument policy{.name = "search", .document = "{}", .created = test_time(1), .updated = test_time(1)};
  ASSERT_TRUE(store_->put_policy(here_, policy, test_mutation("policy.put")).ok());
  ASSERT_TRUE(store_->put_policy(elsewhere_, policy, test_mutation("policy.put")).ok());
  ASSERT_TRUE(store_->create_access_key(here_, test_key("LKA"), test_mutation("key.create")).ok());
  EXPECT_EQ(kind_of(store_->delete_policy(here_, "search", test_mutation("x"))), ErrorKind::invalid_argument);
  EXPECT_TRUE(store_->policy(here_, "search").ok());
  EXPECT_TRUE(store_->delete_policy(elsewhere_, "search", test_mutation("policy.delete")).ok());
  const PolicyDocument part{.name = "sear", .document = "{}", .created = test_time(1), .updated = test_time(1)};
  ASSERT_TRUE(store_->put_policy(here_, part, test_mutation("policy.put")).ok());
  EXPECT_TRUE(store_->delete_policy(here_, "sear", test_mutation("policy.delete")).ok()) << "part of a name is another";
}

TEST_P(StoreSuite, CollectionComesAndGoesWithItsUsersAndTags) {
  const Collection collection = test_collection("people");
  ASSERT_TRUE(store_->create_collection(here_, collection, {{"k", "v"}}, test_mutation("collection.create")).ok());
  EXPECT_EQ(*store_->collection(here_, "people"), collection);
  EXPECT_EQ(*store_->tags_of(here_, "resource/people"), (Tags{{"k", "v"}}));
  EXPECT_EQ(kind_of(store_->create_collection(here_, collection, {}, test_mutation("x"))), ErrorKind::already_exists);
  ASSERT_TRUE(store_->create_collection(other_account_, collection, {}, test_mutation("collection.create")).ok());
  EXPECT_THAT(*store_->scopes_with_collections(), testing::UnorderedElementsAre(here_, other_account_));
  ASSERT_TRUE(store_->create_user(here_, "people", test_user("ann"), test_mutation("user.create")).ok());
  ASSERT_TRUE(store_->create_user(other_account_, "people", test_user("ann"), test_mutation("user.create")).ok());

  ASSERT_TRUE(store_->delete_collection(here_, "people", test_mutation("collection.delete")).ok());
  EXPECT_EQ(kind_of(store_->collection(here_, "people")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->tags_of(here_, "resource/people")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->list_users(here_, "people", "", 9)), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->delete_collection(here_, "people", test_mutation("x"))), ErrorKind::not_found);
  EXPECT_TRUE(store_->user(other_account_, "people", "ann").ok()) << "another account's";
  EXPECT_THAT(*store_->scopes_with_collections(), ElementsAre(other_account_));

  EXPECT_FALSE(*store_->purge({here_, "people"}, limits::page));
  ASSERT_TRUE(store_->create_collection(here_, collection, {}, test_mutation("collection.create")).ok());
  EXPECT_THAT(ids_of(store_->list_users(here_, "people", "", 9)), IsEmpty()) << "nothing of the old one comes back";
  EXPECT_THAT(*store_->tags_of(here_, "resource/people"), IsEmpty());
  EXPECT_THAT(ids_of(store_->list_collections(here_, "", 9)), ElementsAre("people"));
}

TEST_P(StoreSuite, ResourceOfACollectionIsUnique) {
  Collection first = test_collection("first");
  Collection second = test_collection("second");
  second.resource = first.resource;
  ASSERT_TRUE(store_->create_collection(here_, first, {}, test_mutation("collection.create")).ok());
  EXPECT_EQ(kind_of(store_->create_collection(here_, second, {}, test_mutation("x"))), ErrorKind::already_exists);
  EXPECT_EQ(kind_of(store_->collection(here_, "second")), ErrorKind::not_found) << "nothing half there";
}

TEST_P(StoreSuite, TagsMergeUpToTheirLimit) {
  ASSERT_TRUE(store_->create_collection(here_, test_collection("c"), {{"a", "1"}}, test_mutation("c")).ok());
  const std::string resource = "resource/c";
  ASSERT_TRUE(store_->tag(here_, resource, {{"a", "2"}, {"b", ""}}, 3, test_mutation("tag")).ok());
  EXPECT_EQ(*store_->tags_of(here_, resource), (Tags{{"a", "2"}, {"b", ""}}));
  EXPECT_EQ(kind_of(store_->tag(here_, resource, {{"a", "9"}, {"c", "3"}, {"d", "4"}}, 3, test_mutation("x"))),
            ErrorKind::limit_exceeded);
  EXPECT_EQ(*store_->tags_of(here_, resource), (Tags{{"a", "2"}, {"b", ""}})) << "all or nothing";
  ASSERT_TRUE(store_->tag(here_, resource, {{"a", "9"}, {"c", "3"}}, 3, test_mutation("tag")).ok());
  ASSERT_TRUE(store_->untag(here_, resource, {"a", "none"}, test_mutation("untag")).ok());
  EXPECT_EQ(*store_->tags_of(here_, resource), (Tags{{"b", ""}, {"c", "3"}}));
  EXPECT_EQ(kind_of(store_->tag(here_, "resource/none", {{"a", "1"}}, 3, test_mutation("x"))), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->untag(elsewhere_, resource, {"b"}, test_mutation("x"))), ErrorKind::not_found);
}

TEST_P(StoreSuite, UsersLiveInTheirCollection) {
  for (const char* id : {"c", "d"}) {
    ASSERT_TRUE(store_->create_collection(here_, test_collection(id), {}, test_mutation("collection.create")).ok());
  }
  User ann = test_user("ann");
  ASSERT_TRUE(store_->create_user(here_, "c", ann, test_mutation("user.create")).ok());
  ASSERT_TRUE(store_->create_user(here_, "c", test_user("bob"), test_mutation("user.create")).ok());
  ASSERT_TRUE(store_->create_user(here_, "d", ann, test_mutation("user.create")).ok()) << "in another collection";
  EXPECT_EQ(kind_of(store_->create_user(here_, "c", ann, test_mutation("x"))), ErrorKind::already_exists);
  User same_subject = test_user("eve");
  same_subject.subject_id = ann.subject_id;
  EXPECT_EQ(kind_of(store_->create_user(here_, "c", same_subject, test_mutation("x"))), ErrorKind::already_exists);
  EXPECT_EQ(kind_of(store_->create_user(here_, "none", ann, test_mutation("x"))), ErrorKind::not_found);
  EXPECT_EQ(*store_->collection_size(here_, "c"), (CollectionSize{.faces = 0, .users = 2}));
  EXPECT_EQ(store_->collection_size(here_, "d")->users, 1U);
  EXPECT_EQ(kind_of(store_->collection_size(here_, "none")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->collection_size(elsewhere_, "c")), ErrorKind::not_found);

  ASSERT_TRUE(store_->set_user_status(here_, "c", "ann", UserStatus::updating, test_mutation("user.status")).ok());
  ann.status = UserStatus::updating;
  ann.number = store_->user(here_, "c", "ann")->number;  // the store's own
  EXPECT_EQ(*store_->user(here_, "c", "ann"), ann);
  ASSERT_TRUE(store_->set_user_status(here_, "c", "bob", UserStatus::created, test_mutation("user.status")).ok());
  EXPECT_EQ(store_->user(here_, "c", "bob")->status, UserStatus::created);
  EXPECT_EQ(store_->user(here_, "d", "ann")->status, UserStatus::active);
  EXPECT_THAT(ids_of(store_->list_users(here_, "c", "", 9)), ElementsAre("ann", "bob"));
  EXPECT_THAT(ids_of(store_->list_users(here_, "c", "ann", 9)), ElementsAre("bob"));
  ASSERT_TRUE(store_->delete_user(here_, "c", "ann", test_mutation("user.delete")).ok());
  EXPECT_EQ(kind_of(store_->user(here_, "c", "ann")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->delete_user(here_, "c", "ann", test_mutation("x"))), ErrorKind::not_found);
  EXPECT_EQ(kind_of(store_->set_user_status(here_, "c", "ann", UserStatus::active, test_mutation("x"))),
            ErrorKind::not_found);
  EXPECT_TRUE(store_->user(here_, "d", "ann").ok());
}

TEST_P(StoreSuite, TokenGivesTheFirstAnswerAgain) {
  const Collection collection = test_collection("c");
  const Result<Applied> first = store_->create_collection(here_, collection, {}, with_token("t", 1, "answer"));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->sequence, 1U);
  EXPECT_FALSE(first->replayed);
  const Result<Applied> again = store_->create_collection(here_, collection, {}, with_token("t", 1, "another"));
  ASSERT_TRUE(again.ok()) << "not already_exists";
  EXPECT_EQ(again->replayed, "answer");
  EXPECT_EQ(again->sequence, 0U);
  EXPECT_EQ(store_->read_outbox(0, 10)->size(), 1U);
  EXPECT_EQ(kind_of(store_->append(here_, with_token("t", 2, "x"))), ErrorKind::idempotency_mismatch);
  EXPECT_FALSE(store_->append(elsewhere_, with_token("t", 2, "x"))->replayed) << "another scope's token";
  EXPECT_EQ(*store_->find_response(here_, "Create", "t", digest_of(1), test_time(0)), "answer");
  EXPECT_EQ(*store_->find_response(here_, "Other", "t", digest_of(1), test_time(0)), std::nullopt);
  EXPECT_EQ(kind_of(store_->find_response(here_, "Create", "t", digest_of(2), test_time(0))),
            ErrorKind::idempotency_mismatch);
}

TEST_P(StoreSuite, TokenOfAFailedCallIsNotKept) {
  EXPECT_EQ(kind_of(store_->delete_collection(here_, "none", with_token("t", 1, "gone"))), ErrorKind::not_found);
  EXPECT_EQ(*store_->find_response(here_, "Create", "t", digest_of(1), test_time(0)), std::nullopt);
}

TEST_P(StoreSuite, TokenExpires) {
  ASSERT_TRUE(store_->append(here_, with_token("t", 1, "old")).ok());
  EXPECT_EQ(store_->append(here_, with_token("t", 1, "new", 99))->replayed, "old");
  EXPECT_EQ(*store_->find_response(here_, "Create", "t", digest_of(2), test_time(100)), std::nullopt);
  const Result<Applied> reused = store_->append(here_, with_token("t", 2, "new", 100));
  ASSERT_TRUE(reused.ok());
  EXPECT_FALSE(reused->replayed);
  EXPECT_EQ(*store_->find_response(here_, "Create", "t", digest_of(2), test_time(199)), "new");

  ASSERT_TRUE(store_->append(elsewhere_, with_token("u", 1, "x")).ok());
  ASSERT_TRUE(store_->append(elsewhere_, with_token("v", 1, "x")).ok());
  EXPECT_EQ(*store_->forget_expired_tokens(test_time(99), 10), 0U);
  EXPECT_EQ(*store_->forget_expired_tokens(test_time(100), 1), 1U);
  EXPECT_EQ(*store_->forget_expired_tokens(test_time(100), 10), 1U);
  EXPECT_EQ(*store_->find_response(here_, "Create", "t", digest_of(2), test_time(0)), "new")
      << "a clock set back keeps tokens longer";
}

TEST_P(StoreSuite, OutboxKeepsOneOrderOverAllScopes) {
  ASSERT_EQ(store_->append(here_, test_mutation("one"))->sequence, 1U);
  ASSERT_EQ(store_->append(other_account_, test_mutation("two", 5))->sequence, 2U);
  EXPECT_FALSE(store_->delete_user(here_, "none", "none", test_mutation("failed")).ok());
  ASSERT_EQ(store_->append(here_, test_mutation("three", -5))->sequence, 3U) << "no gap; time may run backward";
  const OutboxEntry two{.sequence = 2, .scope = other_account_, .record = test_mutation("two", 5).record};
  EXPECT_THAT(*store_->read_outbox(1, 1), ElementsAre(two));
  ASSERT_TRUE(store_->acknowledge_outbox(2).ok());
  EXPECT_EQ(store_->read_outbox(0, 10)->size(), 1U);
  ASSERT_TRUE(store_->acknowledge_outbox(3).ok());
  EXPECT_THAT(*store_->read_outbox(0, 10), IsEmpty());
  EXPECT_EQ(store_->append(here_, test_mutation("four"))->sequence, 4U) << "numbers are never used again";
  EXPECT_TRUE(store_->acknowledge_outbox(99).ok());
  EXPECT_EQ(store_->append(here_, test_mutation("five"))->sequence, 5U);
}

TEST_P(StoreSuite, SettingsAreReplaced) {
  EXPECT_EQ(kind_of(store_->setting(server_scope(), "name")), ErrorKind::not_found);
  ASSERT_TRUE(store_->put_setting(server_scope(), "name", {1, 0, 2}, test_mutation("setting.put")).ok());
  ASSERT_TRUE(store_->put_setting(here_, "name", {}, test_mutation("setting.put")).ok());
  EXPECT_EQ(*store_->setting(server_scope(), "name"), (Bytes{1, 0, 2}));
  EXPECT_THAT(*store_->setting(here_, "name"), IsEmpty());
  ASSERT_TRUE(store_->put_setting(server_scope(), "name", {3}, test_mutation("setting.put")).ok());
  EXPECT_EQ(*store_->setting(server_scope(), "name"), Bytes{3});
}

TEST_P(StoreSuite, TooLargeIsRefusedAndChangesNothing) {
  AccessKey key = test_key("LKA");
  key.sealed_secret.resize(limits::blob + 1);
  EXPECT_EQ(kind_of(store_->create_access_key(here_, key, test_mutation("x"))), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of(store_->append({.account = "1", .region = "r"}, test_mutation("x"))), ErrorKind::invalid_argument);
  Mutation mutation = test_mutation("x");
  mutation.record.detail.resize(limits::detail + 1, ' ');
  EXPECT_EQ(kind_of(store_->append(here_, mutation)), ErrorKind::invalid_argument);
  EXPECT_THAT(*store_->read_outbox(0, 10), IsEmpty());
  EXPECT_TRUE(store_->check().ok());
}

TEST_P(StoreSuite, ConcurrentCallersAllGetTheirOwnSequence) {
  constexpr int callers = 4;
  constexpr int calls = 25;
  std::vector<std::vector<std::uint64_t>> sequences(callers);
  std::vector<std::thread> threads;
  threads.reserve(callers);
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      for (int call = 0; call < calls; ++call) {
        const std::string id = std::to_string(caller) + "-" + std::to_string(call);
        const Result<Applied> applied = store_->create_access_key(here_, test_key(id), test_mutation("key.create"));
        ASSERT_TRUE(applied.ok()) << applied.error().message;
        ASSERT_TRUE(store_->access_key(here_, id).ok()) << "a caller reads what it has written";
        sequences[static_cast<std::size_t>(caller)].push_back(applied->sequence);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::uint64_t> all;
  for (const std::vector<std::uint64_t>& part : sequences) {
    EXPECT_TRUE(std::is_sorted(part.begin(), part.end()));
    all.insert(all.end(), part.begin(), part.end());
  }
  std::sort(all.begin(), all.end());
  ASSERT_EQ(all.size(), static_cast<std::size_t>(callers * calls));
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], i + 1);
  EXPECT_EQ(store_->list_access_keys(here_, "", limits::page)->size(), all.size());
}

}  // namespace
}  // namespace likeness::store

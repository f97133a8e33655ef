#include "keys/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <thread>

#include "store/memory/memory_store.h"

namespace likeness::keys {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SomeNames final : public PolicyNames {
 public:
  [[nodiscard]] Result<bool> has_policy(std::string_view name) const override {
    return std::set<std::string_view>{"admin", "search", "enroll", "read-only"}.count(name) > 0;
  }
};

// The store of the tests, which can be told to fail.
class BrittleKeys final : public store::AccessKeys {
 public:
  explicit BrittleKeys(store::AccessKeys& keys) : keys_(keys) {}
  bool listing_fails = false;

  Result<store::Applied> create_access_key(const store::Scope& scope, const store::AccessKey& key,
                                           const store::Mutation& mutation) override {
    return keys_.create_access_key(scope, key, mutation);
  }
  Result<store::Applied> change_access_key(const store::Scope& scope, std::string_view id,
                                           const store::AccessKeyChange& change,
                                           const store::Mutation& mutation) override {
    return keys_.change_access_key(scope, id, change, mutation);
  }
  Result<store::Applied> delete_access_key(const store::Scope& scope, std::string_view id,
                                           const store::Mutation& mutation) override {
    return keys_.delete_access_key(scope, id, mutation);
  }
  Result<store::AccessKey> access_key(const store::Scope& scope, std::string_view id) override {
    return keys_.access_key(scope, id);
  }
  Result<store::LocatedAccessKey> locate_access_key(std::string_view id) override {
    return keys_.locate_access_key(id);
  }
  Result<std::vector<store::AccessKey>> list_access_keys(const store::Scope& scope, std::string_view after,
                                                         std::size_t limit) override {
    if (listing_fails) return Error(ErrorKind::unavailable, "the disk is gone");
    return keys_.list_access_keys(scope, after, limit);
  }

 private:
  store::AccessKeys& keys_;
};

class KeyRingTest : public testing::Test {
 protected:
  static MasterKey master(std::uint8_t byte = 7) {
    std::array<std::uint8_t, SecretKey::size> bytes{};
    bytes.fill(byte);
    return MasterKey(SecretKey(bytes));
  }

  std::unique_ptr<KeyRing> open_ring(const MasterKey& key = master()) {
    auto ring = KeyRing::open({.scope = scope_, .administrator = NewKey{"ADMIN", "admin-secret"}}, brittle_, store_,
                              names_, key, clock_);
    EXPECT_TRUE(ring.ok());
    return *std::move(ring);
  }

  // The secret that find() gives, "unknown" or "expired".
  std::string found(const KeyRing& ring, std::string_view id, std::string_view token = {}) {
    const auto result = ring.find(id, token, clock_.now());
    if (const auto* refusal = std::get_if<Refusal>(&result)) {
      return *refusal == Refusal::unknown ? "unknown" : "expired";
    }
    return std::string(std::get<Identity>(result).secret->text());
  }

  std::vector<std::string> policies_of(const KeyRing& ring, std::string_view id, std::string_view token = {}) {
    const auto result = ring.find(id, token, clock_.now());
    return std::holds_alternative<Identity>(result) ? std::get<Identity>(result).policies
                                                    : std::vector<std::string>{"(refused)"};
  }

  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  store::Scope scope_{.account = "123456789012", .region = "us-east-1"};
  store::MemoryStore store_;
  BrittleKeys brittle_{store_};
  SomeNames names_;
  std::unique_ptr<KeyRing> ring_ = open_ring();
};

TEST_F(KeyRingTest, TheAdministratorIsAlwaysThere) {
  EXPECT_EQ(found(*ring_, "ADMIN"), "admin-secret");
  EXPECT_THAT(policies_of(*ring_, "ADMIN"), ElementsAre("admin"));
  EXPECT_EQ(found(*ring_, "admin"), "unknown");
  EXPECT_EQ(found(*ring_, ""), "unknown");
  for (const Result<void>& refused :
       {ring_->set_enabled("ADMIN", false), ring_->remove("ADMIN"), ring_->set_policies("ADMIN", {"search"})}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message, HasSubstr("LIKENESS_ACCESS_KEY_ID"));
  }
  EXPECT_FALSE(ring_->rotate("ADMIN").ok());
}

TEST_F(KeyRingTest, AKeyWorksAtOnceAndAfterARestart) {
  const Result<NewKey> made = ring_->create({"search", "enroll"}, "the office");
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(found(*ring_, made->id), made->secret);
  EXPECT_THAT(policies_of(*ring_, made->id), ElementsAre("search", "enroll"));
  EXPECT_EQ(found(*open_ring(), made->id), made->secret);
}

TEST_F(KeyRingTest, TheStoreNeverSeesASecret) {
  const NewKey made = *ring_->create({"search"}, "");
  const store::AccessKey stored = *store_.access_key(scope_, made.id);
  const std::string sealed(stored.sealed_secret.begin(), stored.sealed_secret.end());
  EXPECT_EQ(sealed.find(made.secret), std::string::npos);
  const auto outbox = store_.read_outbox(0, 10);
  ASSERT_EQ(outbox->size(), 1U);
  EXPECT_EQ(outbox->front().record.kind, "key.create");
  EXPECT_EQ(outbox->front().record.detail, "{\"key\":\"" + made.id + "\",\"policies\":[\"search\"]}");
}

TEST_F(KeyRingTest, ASecretOpensInItsPlaceOnly) {
  const NewKey one = *ring_->create({"search"}, "");
  const NewKey two = *ring_->create({"admin"}, "");
  store::AccessKeyChange swapped;
  swapped.sealed_secret = store_.access_key(scope_, one.id)->sealed_secret;
  ASSERT_TRUE(store_
                  .change_access_key(scope_, two.id, swapped,
                                     {.record = {.kind = "test", .actor = "a", .time = {}, .detail = "{}"}, .once = {}})
                  .ok());
  const auto ring = open_ring();
  EXPECT_EQ(found(*ring, two.id), "unknown") << "the secret of another key was put under it";
  EXPECT_TRUE(ring->list()[1].is_damaged != ring->list()[2].is_damaged);
  EXPECT_EQ(found(*open_ring(master(8)), one.id), "unknown") << "another master key";
}

TEST_F(KeyRingTest, DisabledAndDeletedKeysAreUnknown) {
  const NewKey made = *ring_->create({"search"}, "");
  ASSERT_TRUE(ring_->set_enabled(made.id, false).ok());
  EXPECT_EQ(found(*ring_, made.id), "unknown");
  EXPECT_EQ(found(*open_ring(), made.id), "unknown");
  ASSERT_TRUE(ring_->set_enabled(made.id, true).ok());
  EXPECT_EQ(found(*ring_, made.id), made.secret);
  ASSERT_TRUE(ring_->remove(made.id).ok());
  EXPECT_EQ(found(*ring_, made.id), "unknown");
  EXPECT_EQ(ring_->remove(made.id).error().kind, ErrorKind::not_found);
  EXPECT_EQ(ring_->set_enabled(made.id, true).error().kind, ErrorKind::not_found);
  EXPECT_EQ(ring_->rotate(made.id).error().kind, ErrorKind::not_found);
}

TEST_F(KeyRingTest, ARotatedKeyKeepsWorkingUntilItIsDisabled) {
  const NewKey old = *ring_->create({"search"}, "the office");
  clock_.advance(hours(1));
  const Result<NewKey> next = ring_->rotate(old.id);
  ASSERT_TRUE(next.ok());
  EXPECT_NE(next->id, old.id);
  EXPECT_NE(next->secret, old.secret);
  EXPECT_EQ(found(*ring_, old.id), old.secret);
  EXPECT_EQ(found(*ring_, next->id), next->secret);
  EXPECT_THAT(policies_of(*ring_, next->id), ElementsAre("search"));
  ASSERT_TRUE(ring_->set_enabled(old.id, false).ok());
  EXPECT_EQ(found(*ring_, old.id), "unknown");
  EXPECT_EQ(found(*ring_, next->id), next->secret);
  for (const KeyInfo& info : ring_->list()) {
    if (info.id != next->id) continue;
    EXPECT_EQ(info.rotated_from, old.id);
    EXPECT_EQ(info.note, "the office");
  }
}

TEST_F(KeyRingTest, ListsTheAdministratorFirst) {
  EXPECT_EQ(ring_->list().size(), 1U);
  const NewKey made = *ring_->create({"search"}, "a \"note\"");
  ASSERT_EQ(ring_->list().size(), 2U);
  EXPECT_TRUE(ring_->list()[0].is_administrator);
  const KeyInfo info = ring_->list()[1];
  EXPECT_EQ(info.id, made.id);
  EXPECT_EQ(info.note, "a \"note\"");
  EXPECT_EQ(info.created, clock_.now());
  EXPECT_TRUE(info.enabled);
}

TEST_F(KeyRingTest, RefusesPoliciesAndNotesThatCannotBe) {
  EXPECT_THAT(ring_->create({"serach"}, "").error().message, HasSubstr("'serach'"));
  EXPECT_FALSE(ring_->create({"a/b"}, "").ok());
  EXPECT_FALSE(ring_->create({"search", "search"}, "").ok());
  EXPECT_FALSE(ring_->create({"search"}, std::string(257, 'n')).ok());
  EXPECT_EQ(ring_->list().size(), 1U);
  const NewKey made = *ring_->create({}, std::string(256, 'n'));
  EXPECT_THAT(policies_of(*ring_, made.id), IsEmpty());
  EXPECT_FALSE(ring_->set_policies(made.id, {"nothing"}).ok());
  EXPECT_TRUE(ring_->set_policies(made.id, {"enroll"}).ok());
  EXPECT_THAT(policies_of(*ring_, made.id), ElementsAre("enroll"));
}

TEST_F(KeyRingTest, AnotherAccountsKeysAreNotOurs) {
  const NewKey made = *ring_->create({"search"}, "");
  scope_.account = "210987654321";
  const auto other = open_ring();
  EXPECT_EQ(found(*other, made.id), "unknown");
  EXPECT_EQ(other->list().size(), 1U);
}

TEST_F(KeyRingTest, ASessionWorksForItsTime) {
  const NewKey key = *ring_->create({"search", "enroll"}, "");
  const Result<NewSession> made = ring_->make_session(key.id, minutes(15), {"search"});
  ASSERT_TRUE(made.ok());
  const std::string& id = made->session.access_key_id;
  EXPECT_EQ(found(*ring_, id, made->token), made->session.secret);
  EXPECT_EQ(found(*open_ring(), id, made->token), made->session.secret) << "after a restart";
  EXPECT_THAT(policies_of(*ring_, id, made->token), ElementsAre("search"));
  const auto identity = std::get<Identity>(ring_->find(id, made->token, clock_.now()));
  EXPECT_EQ(identity.parent_key_id, key.id);
  EXPECT_EQ(identity.access_key_id, id);
  clock_.advance(minutes(15) - Micros(1));
  EXPECT_EQ(found(*ring_, id, made->token), made->session.secret);
  clock_.advance(Micros(1));
  EXPECT_EQ(found(*ring_, id, made->token), "expired");
}

TEST_F(KeyRingTest, ATokenIsGoodForItsKeyOnly) {
  const NewKey key = *ring_->create({"search"}, "");
  const NewSession one = *ring_->make_session(key.id, hours(1), {});
  const NewSession two = *ring_->make_session("ADMIN", hours(1), {});
  EXPECT_EQ(found(*ring_, one.session.access_key_id), "unknown") << "no token";
  EXPECT_EQ(found(*ring_, one.session.access_key_id, two.token), "unknown");
  EXPECT_EQ(found(*ring_, key.id, one.token), "unknown") << "a lasting key with a token";
  EXPECT_EQ(found(*ring_, one.session.access_key_id, "token"), "unknown");
  EXPECT_EQ(found(*open_ring(master(8)), two.session.access_key_id, two.token), "unknown") << "another master key";
  EXPECT_THAT(policies_of(*ring_, two.session.access_key_id, two.token), ElementsAre("admin"));
}

TEST_F(KeyRingTest, ASessionEndsWithItsKey) {
  const NewKey key = *ring_->create({"search"}, "");
  const NewSession made = *ring_->make_session(key.id, hours(1), {});
  const std::string& id = made.session.access_key_id;
  ASSERT_TRUE(ring_->set_enabled(key.id, false).ok());
  EXPECT_EQ(found(*ring_, id, made.token), "unknown");
  EXPECT_FALSE(ring_->make_session(key.id, hours(1), {}).ok());
  ASSERT_TRUE(ring_->set_enabled(key.id, true).ok());
  EXPECT_EQ(found(*ring_, id, made.token), made.session.secret);
  ASSERT_TRUE(ring_->remove(key.id).ok());
  EXPECT_EQ(found(*ring_, id, made.token), "unknown");
}

TEST_F(KeyRingTest, ASessionNeverHasMoreThanItsKey) {
  const NewKey key = *ring_->create({"search", "enroll"}, "");
  EXPECT_FALSE(ring_->make_session(key.id, hours(1), {"admin"}).ok());
  const NewSession made = *ring_->make_session(key.id, hours(1), {});
  EXPECT_THAT(policies_of(*ring_, made.session.access_key_id, made.token), ElementsAre("search", "enroll"));
  ASSERT_TRUE(ring_->set_policies(key.id, {"enroll", "admin"}).ok());
  EXPECT_THAT(policies_of(*ring_, made.session.access_key_id, made.token), ElementsAre("enroll"));
}

TEST_F(KeyRingTest, ASessionLastsFifteenMinutesToTwelveHours) {
  for (const Micros bad : {Micros(0), Micros(minutes(15)) - Micros(1), Micros(hours(12)) + Micros(1), Micros(-1)}) {
    EXPECT_EQ(ring_->make_session("ADMIN", bad, {}).error().kind, ErrorKind::invalid_argument);
  }
  EXPECT_TRUE(ring_->make_session("ADMIN", hours(12), {}).ok());
  EXPECT_EQ(ring_->make_session("NOBODY", hours(1), {}).error().kind, ErrorKind::not_found);
}

TEST_F(KeyRingTest, EveryChangeLeavesARecordWithoutSecrets) {
  const NewKey key = *ring_->create({"search"}, "of Alice");
  const NewKey next = *ring_->rotate(key.id);
  ASSERT_TRUE(ring_->set_enabled(key.id, false).ok());
  ASSERT_TRUE(ring_->set_enabled(key.id, true).ok());
  ASSERT_TRUE(ring_->set_policies(key.id, {}).ok());
  const NewSession session = *ring_->make_session(next.id, hours(1), {});
  ASSERT_TRUE(ring_->remove(key.id).ok());
  std::vector<std::string> kinds;
  const auto outbox = store_.read_outbox(0, 100);
  for (const store::OutboxEntry& entry : *outbox) {
    kinds.push_back(entry.record.kind);
    EXPECT_EQ(entry.record.actor, "operator");
    for (const std::string& hidden :
         {key.secret, next.secret, session.session.secret, session.token, std::string("Alice")}) {
      EXPECT_THAT(entry.record.detail, Not(HasSubstr(hidden)));
    }
  }
  EXPECT_THAT(kinds, ElementsAre("key.create", "key.rotate", "key.disable", "key.enable", "key.policies",
                                 "session.create", "key.delete"));
}

TEST_F(KeyRingTest, AKeyIsForgottenIfItsChangeCannotBeReadBack) {
  const NewKey key = *ring_->create({"search"}, "");
  const NewKey other = *ring_->create({"search"}, "");
  brittle_.listing_fails = true;
  EXPECT_EQ(ring_->set_enabled(key.id, false).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(found(*ring_, key.id), "unknown");
  EXPECT_EQ(found(*ring_, other.id), other.secret) << "the others go on";
  EXPECT_EQ(found(*ring_, "ADMIN"), "admin-secret");
}

TEST_F(KeyRingTest, CanBeAskedWhileItChanges) {
  const NewKey steady = *ring_->create({"search"}, "");
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        const NewKey made = *ring_->create({"enroll"}, "");
        EXPECT_EQ(found(*ring_, made.id), made.secret);
        EXPECT_TRUE(ring_->remove(made.id).ok());
        EXPECT_EQ(found(*ring_, made.id), "unknown");
      }
    });
    threads.emplace_back([&] {
      for (int round = 0; round < 500; ++round) EXPECT_EQ(found(*ring_, steady.id), steady.secret);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ring_->list().size(), 2U);
}

}  // namespace
}  // namespace likeness::keys

#include "gallery/users.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "gallery/collections.h"
#include "gallery/test_gallery.h"
#include "store/limits.h"

namespace likeness::gallery {
namespace {

using testing::HasSubstr;

class UsersTest : public testing::Test {
 protected:
  void SetUp() override { gallery_.make_collection("c"); }

  store::LedgerRecord last_record() { return store_.read_outbox(0, store::limits::page)->back().record; }
  Result<store::Applied> remove(const std::string& collection, const std::string& user) {
    return gallery_.associations->remove_user(caller_, collection, user, std::nullopt);
  }

  TestDisk disk_;
  TestGallery gallery_{disk_};
  ManualClock& clock_ = gallery_.clock;
  store::MemoryStore& store_ = disk_.store;
  Users& users_ = gallery_.users;
  Caller caller_ = gallery_.caller;
};

TEST_F(UsersTest, AUserBeginsWithoutFaces) {
  ASSERT_TRUE(users_.create(caller_, "c", "ada", std::nullopt).ok());
  const std::vector<store::User> all = users_.list(caller_.scope, "c", "", 10).value();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].id, "ada");
  EXPECT_EQ(all[0].status, store::UserStatus::created);
  EXPECT_EQ(all[0].subject_id.size(), 36U);
  EXPECT_EQ(all[0].created, clock_.now());
}

TEST_F(UsersTest, ErrorsNameWhatIsMeant) {
  ASSERT_TRUE(users_.create(caller_, "c", "ada", std::nullopt).ok());
  const Error again = users_.create(caller_, "c", "ada", std::nullopt).error();
  EXPECT_EQ(again.kind, ErrorKind::already_exists);
  EXPECT_THAT(again.message, HasSubstr("ada"));
  EXPECT_EQ(users_.create(caller_, "d", "ada", std::nullopt).error().message, "The collection id: d does not exist");
  EXPECT_EQ(users_.list(caller_.scope, "d", "", 10).error().kind, ErrorKind::not_found);
  EXPECT_EQ(remove("c", "bob").error().kind, ErrorKind::not_found);
  EXPECT_EQ(remove("d", "ada").error().kind, ErrorKind::not_found);
}

// A user id may be a person's name, and the ledger is kept when the person is gone.
TEST_F(UsersTest, TheLedgerNamesTheSubjectAndNotThePerson) {
  ASSERT_TRUE(users_.create(caller_, "c", "ada", std::nullopt).ok());
  const std::string subject = users_.list(caller_.scope, "c", "", 1)->front().subject_id;
  const std::string detail = R"({"collection":"c","subject":")" + subject + R"("})";
  EXPECT_EQ(last_record().kind, "user.create");
  EXPECT_EQ(last_record().detail, detail);
  ASSERT_TRUE(remove("c", "ada").ok());
  EXPECT_EQ(last_record().kind, "user.delete");
  EXPECT_EQ(last_record().detail, detail);
}

TEST_F(UsersTest, ADeletionThatIsRepeatedWithItsTokenIsAnswered) {
  ASSERT_TRUE(users_.create(caller_, "c", "ada", std::nullopt).ok());
  const store::Idempotency once{.operation = "DeleteUser",
                                .token = "t",
                                .parameters_hash = {},
                                .response = "{}",
                                .expires_at = clock_.now() + std::chrono::hours(1)};
  EXPECT_EQ(gallery_.associations->remove_user(caller_, "c", "ada", once)->replayed, std::nullopt);
  EXPECT_EQ(gallery_.associations->remove_user(caller_, "c", "ada", once)->replayed, "{}");
  EXPECT_EQ(remove("c", "ada").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace likeness::gallery

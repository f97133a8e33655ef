// Users as clients see them, and what ClientRequestToken promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "api/operations_fixture.h"
#include "api/request_parameters.h"
#include "wire/rekognition/delete_user.h"

namespace likeness::api {
namespace {

using testing::HasSubstr;
using wire::Operation;

constexpr const char* mismatch = "IdempotentParameterMismatchException";

class UserOperationsTest : public OperationsFixture {
 protected:
  void SetUp() override { ok(Operation::create_collection, R"({"CollectionId":"c"})"); }

  static std::string user(const std::string& id, const std::string& token = "") {
    return R"({"CollectionId":"c","UserId":")" + id + '"' +
           (token.empty() ? "" : R"(,"ClientRequestToken":")" + token + '"') + '}';
  }
  std::string users() { return ok(Operation::list_users, R"({"CollectionId":"c"})"); }
};

TEST_F(UserOperationsTest, TheLifeOfAUser) {
  EXPECT_EQ(ok(Operation::create_user, user("ada")), "{}");
  EXPECT_EQ(users(), R"({"Users":[{"UserId":"ada","UserStatus":"CREATED"}]})");
  EXPECT_THAT(ok(Operation::describe_collection, R"({"CollectionId":"c"})"), HasSubstr(R"("UserCount":1)"));
  EXPECT_EQ(ok(Operation::delete_user, user("ada")), "{}");
  EXPECT_EQ(users(), R"({"Users":[]})");
}

TEST_F(UserOperationsTest, ErrorsAreTheDocumentedOnes) {
  ok(Operation::create_user, user("ada"));
  fails(Operation::create_user, user("ada"), "ConflictException");
  fails(Operation::delete_user, user("bob"), "ResourceNotFoundException");
  fails(Operation::create_user, R"({"CollectionId":"d","UserId":"u"})", "ResourceNotFoundException");
  fails(Operation::list_users, R"({"CollectionId":"d"})", "ResourceNotFoundException");
  fails(Operation::list_users, R"({"CollectionId":"c","MaxResults":0})", "InvalidParameterException");
}

TEST_F(UserOperationsTest, ATokenMakesACallHappenOnce) {
  const std::string first = ok(Operation::create_user, user("ada", "t-1"));
  EXPECT_EQ(ok(Operation::create_user, user("ada", "t-1")), first);
  // Another spelling of the same request.
  EXPECT_EQ(ok(Operation::create_user, R"({"ClientRequestToken":"t-1", "UserId":"\u0061da", "CollectionId":"c"})"),
            first);
  EXPECT_EQ(users(), R"({"Users":[{"UserId":"ada","UserStatus":"CREATED"}]})");
  // The answer is that of the first call even if the user has gone since.
  ok(Operation::delete_user, user("ada"));
  EXPECT_EQ(ok(Operation::create_user, user("ada", "t-1")), first);
  EXPECT_EQ(users(), R"({"Users":[]})");
}

TEST_F(UserOperationsTest, ATokenStandsForItsParameters) {
  ok(Operation::create_user, user("ada", "t-1"));
  EXPECT_THAT(fails(Operation::create_user, user("bob", "t-1"), mismatch),
              HasSubstr("The ClientRequestToken: t-1 you have supplied is already in use."));
  EXPECT_THAT(users(), Not(HasSubstr("bob")));
  ok(Operation::delete_user, user("ada", "t-1"));  // another operation has tokens of its own
  EXPECT_EQ(users(), R"({"Users":[]})");
  caller_.account = "210987654321";  // and so has another account
  fails(Operation::create_user, user("bob", "t-1"), "ResourceNotFoundException");
}

TEST_F(UserOperationsTest, AFailedCallLeavesItsTokenFree) {
  fails(Operation::delete_user, user("ada", "t-1"), "ResourceNotFoundException");
  ok(Operation::create_user, user("ada"));
  ok(Operation::delete_user, user("ada", "t-1"));
}

TEST_F(UserOperationsTest, ATokenLivesSevenDays) {
  ok(Operation::create_user, user("ada", "t-1"));
  clock_.advance(IdempotentCalls::lifetime - Micros(1));
  fails(Operation::create_user, user("bob", "t-1"), mismatch);
  clock_.advance(Micros(1));
  ok(Operation::create_user, user("bob", "t-1"));
  fails(Operation::create_user, user("ada", "t-1"), mismatch);
}

TEST_F(UserOperationsTest, ExpiredTokensAreForgotten) {
  ok(Operation::create_user, user("ada", "t-1"));
  clock_.advance(IdempotentCalls::lifetime);
  for (std::uint64_t i = 0; i < IdempotentCalls::calls_between_sweeps; ++i) {
    ok(Operation::create_user, user("u" + std::to_string(i), "s-" + std::to_string(i)));
  }
  EXPECT_EQ(store_.forget_expired_tokens(clock_.now(), store::limits::page).value(), 0U);
}

// What is kept must not tell who was deleted to someone who has the data and guesses.
TEST_F(UserOperationsTest, TheKeptHashIsKeyed) {
  ok(Operation::delete_user, (ok(Operation::create_user, user("ada")), user("ada", "t-1")));
  const Digest plain = parameters_hash(wire::parse<wire::DeleteUserRequest>(user("ada")).value());
  const auto found = store_.find_response({"123456789012", "us-east-1"}, "DeleteUser", "t-1", plain, clock_.now());
  EXPECT_EQ(found.error().kind, ErrorKind::idempotency_mismatch);
}

TEST_F(UserOperationsTest, OfManyCallsAtOnceOneHappens) {
  constexpr int callers = 8;
  constexpr int rounds = 20;
  std::vector<Response> answers(callers);
  for (int round = 0; round < rounds; ++round) {
    const std::string request = user("u" + std::to_string(round), "t-" + std::to_string(round));
    const std::size_t before = store_.read_outbox(0, store::limits::page)->size();
    std::vector<std::thread> threads;
    for (Response& answer : answers) {
      threads.emplace_back([&] { answer = call(Operation::create_user, request); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const Response& answer : answers) {
      EXPECT_EQ(answer.status, 200) << answer.body;
      EXPECT_EQ(answer.body, answers.front().body);
    }
    EXPECT_EQ(store_.read_outbox(0, store::limits::page)->size(), before + 1);
  }
}

TEST_F(UserOperationsTest, UsersComeInPages) {
  for (int i = 0; i < 7; ++i) ok(Operation::create_user, user("u" + std::to_string(i)));
  std::string seen;
  std::string token;
  int pages = 0;
  do {
    const std::string page =
        ok(Operation::list_users,
           R"({"CollectionId":"c","MaxResults":3)" + (token.empty() ? "" : R"(,"NextToken":")" + token + '"') + '}');
    seen += page;
    token = text_of(page, "NextToken");
    ++pages;
  } while (!token.empty() && pages < 10);
  EXPECT_EQ(pages, 3);
  for (int i = 0; i < 7; ++i) EXPECT_THAT(seen, HasSubstr("\"u" + std::to_string(i) + '"'));
}

}  // namespace
}  // namespace likeness::api

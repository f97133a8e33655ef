#include "api/request_parameters.h"

#include <gtest/gtest.h>

#include "wire/rekognition/create_collection.h"
#include "wire/rekognition/create_user.h"
#include "wire/rekognition/list_users.h"

namespace likeness::api {
namespace {

template <typename Request>
Digest hash(std::string_view body) {
  return parameters_hash(wire::parse<Request>(body).value());
}

TEST(RequestParameters, SpellingDoesNotCount) {
  const Digest plain = hash<wire::CreateUserRequest>(R"({"CollectionId":"c","UserId":"u"})");
  EXPECT_EQ(hash<wire::CreateUserRequest>(R"( { "UserId" : "\u0075", "CollectionId" : "c", "Other": [1] } )"), plain);
  EXPECT_EQ(hash<wire::CreateUserRequest>(R"({"UserId":"u","CollectionId":"c","ClientRequestToken":"t"})"), plain);
  EXPECT_EQ(hash<wire::CreateCollectionRequest>(R"({"CollectionId":"c","Tags":{"a":"1","b":"2"}})"),
            hash<wire::CreateCollectionRequest>(R"({"Tags":{"b":"2","a":"1"},"CollectionId":"c"})"));
}

TEST(RequestParameters, EveryParameterCounts) {
  const Digest plain = hash<wire::CreateUserRequest>(R"({"CollectionId":"c","UserId":"u"})");
  EXPECT_NE(hash<wire::CreateUserRequest>(R"({"CollectionId":"c","UserId":"v"})"), plain);
  EXPECT_NE(hash<wire::CreateUserRequest>(R"({"CollectionId":"d","UserId":"u"})"), plain);
  EXPECT_NE(hash<wire::CreateCollectionRequest>(R"({"CollectionId":"c"})"),
            hash<wire::CreateCollectionRequest>(R"({"CollectionId":"c","Tags":{}})"));
}

TEST(RequestParameters, ThePageIsNotAParameter) {
  EXPECT_EQ(hash<wire::ListUsersRequest>(R"({"CollectionId":"c","MaxResults":5,"NextToken":"x"})"),
            hash<wire::ListUsersRequest>(R"({"CollectionId":"c"})"));
}

TEST(RequestParameters, TheRequestItselfKeepsItsToken) {
  const auto request =
      wire::parse<wire::CreateUserRequest>(R"({"CollectionId":"c","UserId":"u","ClientRequestToken":"t"})").value();
  (void)parameters_hash(request);
  EXPECT_EQ(request.client_request_token, "t");
}

}  // namespace
}  // namespace likeness::api

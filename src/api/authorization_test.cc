#include "api/authorization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/memory/memory_store.h"
#include "wire/schema.h"

namespace likeness::api {
namespace {

using testing::HasSubstr;
using wire::Operation;

class AuthorizerTest : public testing::Test {
 protected:
  AuthorizerTest() {
    caller_.account = "123456789012";
    caller_.region = "us-east-1";
    caller_.access_key_id = "AKID";
    caller_.peer = "192.0.2.7";
    caller_.time = clock_.now();
  }

  // Puts a policy of these statements and gives it to the caller, alone.
  void give(const std::string& statements) {
    const auto put =
        book_.put(scope_, "operator", "mine", R"({"Version":"2012-10-17","Statement":[)" + statements + "]}");
    ASSERT_TRUE(put.ok()) << put.error().message;
    caller_.policies = {"mine"};
  }

  // "" if the caller may, else why not.
  std::string refusal(Operation operation, const std::string& body) {
    const wire::Shape& shape = wire::request_shape(operation);
    const wire::AnyStructure request = shape.make();
    std::string message = "not asked";
    const auto parsed = wire::parse_into(shape, request.get(), body, [&](const void* read) -> Result<void> {
      const Result<void> authorized = authorizer_.authorize(caller_, operation, read);
      message = authorized.ok() ? "" : authorized.error().message;
      return authorized;
    });
    if (!message.empty()) {
      EXPECT_EQ(parsed.ok() ? ErrorKind::internal : parsed.error().kind, ErrorKind::access_denied) << message;
    }
    return message;
  }

  void make_photos(const store::Tags& tags) {
    const store::Mutation mutation{.record = {.kind = "test", .actor = "test", .time = {}, .detail = "{}"}, .once = {}};
    store::Collection photos;
    photos.id = "photos";
    photos.resource = "collection/photos";
    photos.embedding_space = "space";
    photos.face_model_version = "1.0";
    const auto made = store_.create_collection(scope_, photos, tags, mutation);
    ASSERT_TRUE(made.ok()) << made.error().message;
  }

  const store::Scope scope_{.account = "123456789012", .region = "us-east-1"};
  store::MemoryStore store_;
  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  PolicyBook book_{store_, clock_};
  StoredResourceTags tags_{store_};
  Authorizer authorizer_{book_, tags_};
  Caller caller_;
};

TEST_F(AuthorizerTest, SaysNoInTheWordsOfAws) {
  EXPECT_EQ(refusal(Operation::index_faces, R"({"CollectionId":"photos"})"),
            "User: arn:aws:iam::123456789012:user/AKID is not authorized to perform: rekognition:IndexFaces on "
            "resource: arn:aws:rekognition:us-east-1:123456789012:collection/photos because no identity-based policy "
            "allows the rekognition:IndexFaces action");
  give(R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
       R"({"Effect":"Deny","Action":"rekognition:DetectFaces","Resource":"*"})");
  EXPECT_EQ(refusal(Operation::detect_faces, "{}"),
            "User: arn:aws:iam::123456789012:user/AKID is not authorized to perform: rekognition:DetectFaces on "
            "resource: * with an explicit deny in an identity-based policy");
}

TEST_F(AuthorizerTest, WithoutAPolicyEveryOperationIsRefused) {
  for (const Operation operation : wire::all_operations()) {
    EXPECT_THAT(refusal(operation, "{}"), HasSubstr("is not authorized to perform: " + action_of(operation)))
        << name(operation);
  }
  caller_.policies = {"admin"};
  for (const Operation operation : wire::all_operations()) EXPECT_EQ(refusal(operation, "{}"), "") << name(operation);
}

TEST_F(AuthorizerTest, ReadyMadePoliciesHoldWhatTheySay) {
  caller_.policies = {"search"};
  EXPECT_EQ(refusal(Operation::search_faces, R"({"CollectionId":"photos"})"), "");
  EXPECT_THAT(refusal(Operation::create_collection, R"({"CollectionId":"photos"})"), HasSubstr("CreateCollection"));
  caller_.policies = {"search", "enroll"};
  EXPECT_EQ(refusal(Operation::index_faces, R"({"CollectionId":"photos"})"), "");
}

TEST_F(AuthorizerTest, APolicyThatIsGoneIsNoPermission) {
  caller_.policies = {"admin", "gone"};
  EXPECT_THAT(refusal(Operation::detect_faces, "{}"), HasSubstr("a policy of this access key does not exist"));
}

TEST_F(AuthorizerTest, EveryResourceOfARequestNeedsItsPermission) {
  give(R"({"Effect":"Allow","Action":"*","Resource":["arn:aws:rekognition:*:*:streamprocessor/*",)"
       R"("arn:aws:rekognition:*:*:collection/staff"]})");
  const auto body = [](const std::string& collection) {
    return R"({"Name":"door","Settings":{"FaceSearch":{"CollectionId":")" + collection + "\"}}}";
  };
  EXPECT_EQ(refusal(Operation::create_stream_processor, body("staff")), "");
  EXPECT_THAT(refusal(Operation::create_stream_processor, body("guests")), HasSubstr("collection/guests because"));
}

TEST_F(AuthorizerTest, AddressAndTimeCount) {
  give(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{)"
       R"("IpAddress":{"aws:SourceIp":["192.0.2.0/24","fe80::/10"]},)"
       R"("DateLessThan":{"aws:CurrentTime":"2026-02-03T05:00Z"}}})");
  EXPECT_EQ(refusal(Operation::detect_faces, "{}"), "");
  caller_.peer = "fe80::1%eth0";
  EXPECT_EQ(refusal(Operation::detect_faces, "{}"), "");
  caller_.peer = "198.51.100.1";
  EXPECT_NE(refusal(Operation::detect_faces, "{}"), "");
  caller_.peer = "192.0.2.8";
  caller_.time += std::chrono::hours(1);
  EXPECT_NE(refusal(Operation::detect_faces, "{}"), "");
}

TEST_F(AuthorizerTest, TransportAndKeyCount) {
  give(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{)"
       R"("Bool":{"aws:SecureTransport":"true"},"StringEquals":{"likeness:KeyId":"AKID","aws:username":"AKID"}}})");
  EXPECT_NE(refusal(Operation::detect_faces, "{}"), "");
  caller_.secure = true;
  EXPECT_EQ(refusal(Operation::detect_faces, "{}"), "");
  caller_.parent_key_id = "AKID";
  caller_.access_key_id = "ASIA";
  EXPECT_EQ(refusal(Operation::detect_faces, "{}"), "") << "a session acts for its key";
  caller_.parent_key_id = "OTHER";
  EXPECT_THAT(refusal(Operation::detect_faces, "{}"), HasSubstr("user/OTHER is not"));
}

TEST_F(AuthorizerTest, TagsOfTheRequestCountAndNeedTagResource) {
  give(R"({"Effect":"Allow","Action":"rekognition:CreateCollection","Resource":"*"})");
  EXPECT_EQ(refusal(Operation::create_collection, R"({"CollectionId":"photos"})"), "");
  EXPECT_THAT(refusal(Operation::create_collection, R"({"CollectionId":"photos","Tags":{"team":"red"}})"),
              HasSubstr("perform: rekognition:TagResource on resource: arn:aws:rekognition:us-east-1:123456789012:"
                        "collection/photos because"));
  give(R"({"Effect":"Allow","Action":["rekognition:CreateCollection","rekognition:TagResource"],"Resource":"*",)"
       R"("Condition":{"StringEquals":{"aws:RequestTag/team":"red"},)"
       R"("ForAllValues:StringEquals":{"aws:TagKeys":["team","note"]}}})");
  EXPECT_EQ(refusal(Operation::create_collection, R"({"CollectionId":"photos","Tags":{"team":"red","note":"x"}})"), "");
  EXPECT_NE(refusal(Operation::create_collection, R"({"CollectionId":"photos","Tags":{"team":"blue"}})"), "");
  EXPECT_NE(refusal(Operation::create_collection, R"({"CollectionId":"photos","Tags":{"team":"red","x":"y"}})"), "");
  EXPECT_NE(refusal(Operation::create_collection, R"({"CollectionId":"photos"})"), "");
}

TEST_F(AuthorizerTest, TagsOfTheResourceCount) {
  make_photos({{"team", "red"}});
  give(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"red"}}})");
  EXPECT_EQ(refusal(Operation::index_faces, R"({"CollectionId":"photos"})"), "");
  EXPECT_EQ(refusal(Operation::create_user, R"({"CollectionId":"photos","UserId":"bob"})"), "");
  EXPECT_NE(refusal(Operation::index_faces, R"({"CollectionId":"others"})"), "");
  EXPECT_NE(refusal(Operation::index_faces, "{}"), "");
  EXPECT_NE(refusal(Operation::detect_faces, "{}"), "");
  const auto tagging = [](const std::string& arn) { return R"({"ResourceArn":")" + arn + R"(","Tags":{}})"; };
  EXPECT_EQ(refusal(Operation::tag_resource, tagging("aws:rekognition:us-east-1:123456789012:collection/photos")), "");
  EXPECT_NE(refusal(Operation::tag_resource, tagging("arn:aws:rekognition:eu-west-1:123456789012:collection/photos")),
            "");
}

TEST_F(AuthorizerTest, ADenyOfACollectionHoldsForEverySpellingOfItsName) {
  give(R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
       R"({"Effect":"Deny","Action":"*","Resource":"arn:aws:rekognition:us-east-1:123456789012:collection/photos"})");
  for (const char* spelling : {"arn:aws:rekognition:us-east-1:123456789012:collection/photos",
                               "aws:rekognition:us-east-1:123456789012:collection/photos",
                               "arn:aws-cn:rekognition:us-east-1:123456789012:collection/photos"}) {
    EXPECT_THAT(refusal(Operation::list_tags_for_resource, std::string(R"({"ResourceArn":")") + spelling + "\"}"),
                HasSubstr("explicit deny"));
  }
  EXPECT_THAT(refusal(Operation::create_user, R"({"CollectionId":"photos","UserId":"bob"})"),
              HasSubstr("explicit deny"));
}

TEST_F(AuthorizerTest, PermissionComesBeforeValidationAndAfterReading) {
  const std::string invalid = R"({"CollectionId":"not a valid id"})";
  EXPECT_THAT(refusal(Operation::create_collection, invalid), HasSubstr("not authorized"));
  const wire::Shape& shape = wire::request_shape(Operation::create_collection);
  const auto inspect = authorizer_.inspection(caller_, Operation::create_collection);
  EXPECT_EQ(wire::parse_into(shape, shape.make().get(), "{", inspect).error().kind, ErrorKind::malformed);
  caller_.policies = {"admin"};
  EXPECT_EQ(wire::parse_into(shape, shape.make().get(), invalid, inspect).error().kind, ErrorKind::invalid_argument);
}

TEST_F(AuthorizerTest, AMessageQuotesLittleOfALongName) {
  EXPECT_LT(refusal(Operation::index_faces, R"({"CollectionId":")" + std::string(100'000, 'a') + "\"}").size(), 700U);
}

}  // namespace
}  // namespace likeness::api

// Collections and tags as clients see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/operations_fixture.h"

namespace likeness::api {
namespace {

using testing::HasSubstr;
using wire::Operation;

class CollectionOperationsTest : public OperationsFixture {
 protected:
  void make(const std::string& id) { ok(Operation::create_collection, R"({"CollectionId":")" + id + R"("})"); }
};

TEST_F(CollectionOperationsTest, TheLifeOfACollection) {
  EXPECT_EQ(ok(Operation::create_collection, R"({"CollectionId":"myphotos"})"),
            R"({"StatusCode":200,"CollectionArn":"aws:rekognition:us-east-1:123456789012:collection/myphotos",)"
            R"("FaceModelVersion":"1.2"})");
  EXPECT_EQ(ok(Operation::describe_collection, R"({"CollectionId":"myphotos"})"),
            R"({"FaceCount":0,"FaceModelVersion":"1.2",)"
            R"("CollectionARN":"arn:aws:rekognition:us-east-1:123456789012:collection/myphotos",)"
            R"("CreationTimestamp":1770091506,"UserCount":0})");
  EXPECT_EQ(ok(Operation::list_collections, "{}"), R"({"CollectionIds":["myphotos"],"FaceModelVersions":["1.2"]})");
  EXPECT_EQ(ok(Operation::delete_collection, R"({"CollectionId":"myphotos"})"), R"({"StatusCode":200})");
  EXPECT_EQ(ok(Operation::list_collections, "{}"), R"({"CollectionIds":[],"FaceModelVersions":[]})");
}

TEST_F(CollectionOperationsTest, ErrorsAreTheDocumentedOnes) {
  make("c");
  EXPECT_THAT(fails(Operation::create_collection, R"({"CollectionId":"c"})", "ResourceAlreadyExistsException"),
              HasSubstr("The collection id: c already exists"));
  EXPECT_THAT(fails(Operation::describe_collection, R"({"CollectionId":"d"})", "ResourceNotFoundException"),
              HasSubstr("The collection id: d does not exist"));
  fails(Operation::delete_collection, R"({"CollectionId":"d"})", "ResourceNotFoundException");
  fails(Operation::create_collection, R"({"CollectionId":"a b"})", "InvalidParameterException");
  fails(Operation::create_collection, "[]", "SerializationException");
}

TEST_F(CollectionOperationsTest, PagesAreOfTheAskedSizeAndMayChangeIt) {
  for (const char* id : {"a", "b", "c", "d", "e"}) make(id);
  const std::string first = ok(Operation::list_collections, R"({"MaxResults":2})");
  EXPECT_THAT(first, HasSubstr(R"("CollectionIds":["a","b"])"));
  const std::string second =
      ok(Operation::list_collections, R"({"MaxResults":1,"NextToken":")" + text_of(first, "NextToken") + R"("})");
  EXPECT_THAT(second, HasSubstr(R"("CollectionIds":["c"])"));
  EXPECT_EQ(ok(Operation::list_collections, R"({"NextToken":")" + text_of(second, "NextToken") + R"("})"),
            R"({"CollectionIds":["d","e"],"FaceModelVersions":["1.2","1.2"]})");
  EXPECT_THAT(ok(Operation::list_collections, R"({"MaxResults":0})"), HasSubstr(R"(["a","b","c","d","e"])"));
}

TEST_F(CollectionOperationsTest, ATokenOfAnotherListAccountOrDayIsRefused) {
  for (const char* id : {"a", "b"}) {
    make(id);
    for (const char* user : {"u", "v"}) {
      ok(Operation::create_user, std::string(R"({"CollectionId":")") + id + R"(","UserId":")" + user + R"("})");
    }
  }
  const std::string list =
      R"({"NextToken":")" + text_of(ok(Operation::list_collections, R"({"MaxResults":1})"), "NextToken") + R"("})";
  const std::string users_token =
      text_of(ok(Operation::list_users, R"({"CollectionId":"a","MaxResults":1})"), "NextToken");
  ok(Operation::list_collections, list);
  ok(Operation::list_users, R"({"CollectionId":"a","NextToken":")" + users_token + R"("})");
  const std::string code = "InvalidPaginationTokenException";
  EXPECT_THAT(fails(Operation::list_collections, R"({"NextToken":")" + users_token + R"("})", code),
              HasSubstr("Invalid Pagination Token"));
  fails(Operation::list_users, R"({"CollectionId":"b","NextToken":")" + users_token + R"("})", code);
  const Caller mine = caller_;
  caller_.account = "210987654321";
  fails(Operation::list_collections, list, code);
  caller_ = mine;
  clock_.advance(std::chrono::hours(24));
  fails(Operation::list_collections, list, code);
}

TEST_F(CollectionOperationsTest, AnotherAccountHasItsOwn) {
  make("c");
  caller_.account = "210987654321";
  EXPECT_EQ(ok(Operation::list_collections, "{}"), R"({"CollectionIds":[],"FaceModelVersions":[]})");
  make("c");
  ok(Operation::delete_collection, R"({"CollectionId":"c"})");
  caller_.account = "123456789012";
  ok(Operation::describe_collection, R"({"CollectionId":"c"})");
}

TEST_F(CollectionOperationsTest, TagsByEitherFormOfTheName) {
  const std::string arn =
      text_of(ok(Operation::create_collection, R"({"CollectionId":"c","Tags":{"a":"1"}})"), "CollectionArn");
  EXPECT_EQ(ok(Operation::tag_resource, R"({"ResourceArn":")" + arn + R"(","Tags":{"b":"2"}})"), "{}");
  const std::string name = R"({"ResourceArn":"arn:)" + arn + R"(")";
  EXPECT_EQ(ok(Operation::list_tags_for_resource, name + "}"), R"({"Tags":{"a":"1","b":"2"}})");
  EXPECT_EQ(ok(Operation::untag_resource, name + R"(,"TagKeys":["a"]})"), "{}");
  EXPECT_EQ(ok(Operation::list_tags_for_resource, name + "}"), R"({"Tags":{"b":"2"}})");
}

TEST_F(CollectionOperationsTest, TagsOfWhatIsNotThere) {
  const std::string missing = R"({"ResourceArn":"arn:aws:rekognition:us-east-1:123456789012:collection/none")";
  fails(Operation::list_tags_for_resource, missing + "}", "ResourceNotFoundException");
  fails(Operation::tag_resource, missing + R"(,"Tags":{}})", "ResourceNotFoundException");
  fails(Operation::untag_resource, missing + R"(,"TagKeys":[]})", "ResourceNotFoundException");
  fails(Operation::list_tags_for_resource, R"({"ResourceArn":"twenty characters or more"})",
        "InvalidParameterException");
}

TEST_F(CollectionOperationsTest, MoreTagsThanAResourceHoldsAreAQuota) {
  make("c");
  const auto tags = [](const std::string& prefix, int count) {
    std::string json = R"({"ResourceArn":"arn:aws:rekognition:us-east-1:123456789012:collection/c","Tags":{)";
    for (int i = 0; i < count; ++i) json += (i > 0 ? ",\"" : "\"") + prefix + std::to_string(i) + "\":\"\"";
    return json + "}}";
  };
  ok(Operation::tag_resource, tags("a", 200));
  fails(Operation::tag_resource, tags("b", 1), "ServiceQuotaExceededException");
  fails(Operation::tag_resource, tags("c", 201), "InvalidParameterException");
}

}  // namespace
}  // namespace likeness::api

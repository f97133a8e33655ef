#include "policy/arn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace likeness::policy {
namespace {

TEST(Arn, IsBuiltAndReadAgain) {
  const Arn collection{.service = "rekognition",
                       .region = "us-east-1",
                       .account = "123456789012",
                       .resource = collection_resource("photos")};
  EXPECT_EQ(to_string(collection), "arn:aws:rekognition:us-east-1:123456789012:collection/photos");
  EXPECT_EQ(parse_arn(to_string(collection)), collection);
}

TEST(Arn, EverySpellingOfANameIsOneName) {
  const std::string name = "arn:aws:rekognition:us-east-1:123456789012:collection/photos";
  for (const char* spelling : {"aws:rekognition:us-east-1:123456789012:collection/photos",
                               "arn:aws-cn:rekognition:us-east-1:123456789012:collection/photos",
                               "aws-us-gov:rekognition:us-east-1:123456789012:collection/photos"}) {
    const auto arn = parse_arn(spelling);
    ASSERT_TRUE(arn) << spelling;
    EXPECT_EQ(to_string(*arn), name);
  }
}

TEST(Arn, ResourcesMayHoldColons) {
  const auto arn = parse_arn("arn:aws:rekognition:us-east-1:123456789012:collection/a/user/b:c");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->resource, user_resource("a", "b:c"));
}

TEST(Arn, AUserIsKnownByItsCollectionToo) {
  const std::string photos = "arn:aws:rekognition:us-east-1:123456789012:collection/photos";
  EXPECT_THAT(names_of(photos), testing::ElementsAre(photos));
  EXPECT_THAT(names_of(photos + "/user/a:b"), testing::ElementsAre(photos, photos + "/user/a:b"));
  EXPECT_THAT(names_of(photos.substr(4)), testing::ElementsAre(photos));
  EXPECT_THAT(names_of("*"), testing::ElementsAre("*"));
}

TEST(Arn, OtherTextIsNone) {
  for (const char* text :
       {"", "*", "arn:", "photos", "arn:aws:rekognition:us-east-1:123456789012",
        "arn:aws:rekognition:us-east-1:123456789012:", "arn:aws::us-east-1:123456789012:collection/a",
        "urn:aws:rekognition:us-east-1:123456789012:collection/a"}) {
    EXPECT_FALSE(parse_arn(text)) << text;
  }
}

TEST(Arn, KnowsTheFormsOfTheServiceDescription) {
  EXPECT_EQ(stream_processor_resource("door"), "streamprocessor/door");
  EXPECT_EQ(project_resource("cats", "1700000000000"), "project/cats/1700000000000");
  EXPECT_EQ(project_version_resource("cats", "v1", "1"), "project/cats/version/v1/1");
  EXPECT_EQ(dataset_resource("cats", "train", "1"), "project/cats/dataset/train/1");
  EXPECT_EQ(project_of("project/cats/version/v1/1"), "cats");
  EXPECT_EQ(project_of("collection/cats"), "");
  EXPECT_EQ(caller_arn("123456789012", "AKID"), "arn:aws:iam::123456789012:user/AKID");
}

}  // namespace
}  // namespace likeness::policy

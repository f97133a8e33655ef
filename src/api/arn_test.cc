#include "api/arn.h"

#include <gtest/gtest.h>

#include "api/test_caller.h"

namespace likeness::api {
namespace {

const Caller caller = test_caller();

TEST(Arn, BothFormsAreWrittenAndRead) {
  const std::string resource = collection_resource("photos");
  EXPECT_EQ(arn_of(caller, resource), "arn:aws:rekognition:us-east-1:123456789012:collection/photos");
  EXPECT_EQ(short_arn_of(caller, resource), "aws:rekognition:us-east-1:123456789012:collection/photos");
  EXPECT_EQ(resource_of(caller, arn_of(caller, resource)).value(), resource);
  EXPECT_EQ(resource_of(caller, short_arn_of(caller, resource)).value(), resource);
  EXPECT_EQ(resource_of(caller, "arn:aws:rekognition:us-east-1:123456789012:a:b/c").value(), "a:b/c");
}

TEST(Arn, WhatIsSomeoneElsesIsNotFound) {
  for (const char* arn : {"arn:aws:rekognition:us-east-1:210987654321:collection/photos",
                          "arn:aws:rekognition:eu-west-1:123456789012:collection/photos",
                          "arn:aws-cn:rekognition:us-east-1:123456789012:collection/photos"}) {
    EXPECT_EQ(resource_of(caller, arn).error().kind, ErrorKind::not_found) << arn;
  }
}

TEST(Arn, WhatIsNoArnIsInvalid) {
  for (const char* arn : {"", "arn:", "arn:aws:rekognition:us-east-1:123456789012", "xxxxxxxxxxxxxxxxxxxxxxxx",
                          "arn:aws:rekognition:us-east-1:123456789012:", "arn:aws:s3:us-east-1:123456789012:bucket",
                          "arn:aws:rekognition::123456789012:collection/c", "arn:aws:rekognition:us-east-1:12:c/c",
                          "arn:other:rekognition:us-east-1:123456789012:collection/photos", "::::::"}) {
    EXPECT_EQ(resource_of(caller, arn).error().kind, ErrorKind::invalid_argument) << arn;
  }
  EXPECT_LT(resource_of(caller, std::string(2048, 'x')).error().message.size(), 300U);
}

}  // namespace
}  // namespace likeness::api

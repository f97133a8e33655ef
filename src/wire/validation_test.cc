#include "wire/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "wire/rekognition/operations.h"

namespace likeness::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* picture = R"("Image":{"Bytes":"AA=="})";

std::string complaint(Operation operation, const std::string& body) {
  const Result<void> result = validate_request(operation, body);
  if (result.ok()) return "";
  EXPECT_EQ(result.error().kind, ErrorKind::invalid_argument) << result.error().message;
  return result.error().message;
}

TEST(Validation, AcceptsValidRequests) {
  EXPECT_EQ(complaint(Operation::detect_faces, std::string("{") + picture + R"(,"Attributes":["ALL"]})"), "");
  EXPECT_EQ(complaint(Operation::list_collections, "{}"), "");
  EXPECT_EQ(complaint(Operation::create_collection, R"({"CollectionId":"a.b-c_D9","Tags":{"likeness:purpose":"é ü"}})"),
            "");
}

TEST(Validation, MissingMembers) {
  EXPECT_EQ(complaint(Operation::detect_faces, "{}"),
            "1 validation error detected: Value null at 'image' failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(
      complaint(Operation::compare_faces, R"({"SourceImage":null})"),
      "2 validation errors detected: Value null at 'sourceImage' failed to satisfy constraint: Member must not be "
      "null; Value null at 'targetImage' failed to satisfy constraint: Member must not be null");
}

TEST(Validation, LengthOfBlobs) {
  EXPECT_EQ(
      complaint(Operation::detect_faces, R"({"Image":{"Bytes":""}})"),
      "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]' at 'image.bytes' failed to "
      "satisfy constraint: Member must have length greater than or equal to 1");
  const std::string longest(6'990'508, 'A');  // 5'242'881 bytes
  EXPECT_EQ(
      complaint(Operation::detect_faces, R"({"Image":{"Bytes":")" + longest + R"("}})"),
      "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=5242881 cap=5242881]' at 'image.bytes' "
      "failed to satisfy constraint: Member must have length less than or equal to 5242880");
}

TEST(Validation, EnumerationsInLists) {
  EXPECT_EQ(
      complaint(Operation::detect_faces, std::string("{") + picture + R"(,"Attributes":["ALL","SMILES"]})"),
      "1 validation error detected: Value 'SMILES' at 'attributes.2.member' failed to satisfy constraint: Member "
      "must satisfy enum value set: [DEFAULT, ALL, AGE_RANGE, BEARD, EMOTIONS, EYE_DIRECTION, EYEGLASSES, EYES_OPEN, "
      "GENDER, MOUTH_OPEN, MUSTACHE, FACE_OCCLUDED, SMILE, SUNGLASSES]");
}

TEST(Validation, RangesAndPatterns) {
  EXPECT_EQ(
      complaint(Operation::search_faces,
                R"({"CollectionId":"a b","FaceId":"x","FaceMatchThreshold":101,"MaxFaces":0})"),
      "4 validation errors detected: Value 'a b' at 'collectionId' failed to satisfy constraint: Member must satisfy "
      "regular expression pattern: [a-zA-Z0-9_.\\-]+; Value 'x' at 'faceId' failed to satisfy constraint: Member must "
      "satisfy regular expression pattern: [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}; Value '0' at "
      "'maxFaces' failed to satisfy constraint: Member must have value greater than or equal to 1; Value '101.0' at "
      "'faceMatchThreshold' failed to satisfy constraint: Member must have value less than or equal to 100");
}

TEST(Validation, AnEmptyStringIsTooShortAndDoesNotMatch) {
  EXPECT_EQ(
      complaint(Operation::delete_collection, R"({"CollectionId":""})"),
      "2 validation errors detected: Value '' at 'collectionId' failed to satisfy constraint: Member must have length "
      "greater than or equal to 1; Value '' at 'collectionId' failed to satisfy constraint: Member must satisfy "
      "regular "
      "expression pattern: [a-zA-Z0-9_.\\-]+");
}

TEST(Validation, QuotesTheFirstHundredCharacters) {
  std::string body = R"({"CollectionId":")";
  for (int i = 0; i < 300; ++i) body += "é";
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += "é";
  EXPECT_EQ(
      complaint(Operation::delete_collection, body + "\"}"),
      "1 validation error detected: Value '" + expected +
          "...' at 'collectionId' failed to satisfy constraint: Member must have length less than or equal to 255");
}

TEST(Validation, CountsCharactersAndNotBytes) {
  std::string description;
  for (int i = 0; i < 256; ++i) description += "\xF0\x9F\x98\x80";
  const std::string start = R"({"ResourceArn":"arn:aws:rekognition:eu-west-1:123456789012:collection/c","Tags":{"k":")";
  // 256 emoji are short enough, though they do not match.
  EXPECT_THAT(complaint(Operation::tag_resource, start + description + "\"}}"),
              StartsWith("1 validation error detected: Value '\xF0\x9F\x98\x80"));
  EXPECT_THAT(complaint(Operation::tag_resource, start + description + "\"}}"), HasSubstr("regular expression"));
  EXPECT_THAT(complaint(Operation::tag_resource, start + description + "x\"}}"),
              HasSubstr("length less than or equal to 256"));
}

TEST(Validation, KeysAndValuesOfMaps) {
  EXPECT_EQ(complaint(Operation::create_collection, R"({"CollectionId":"c","Tags":{"aws:x":"!"}})"),
            "2 validation errors detected: Value 'aws:x' at 'tags.aws:x.key' failed to satisfy constraint: Member must "
            "satisfy "
            "regular expression pattern: ^(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$; Value '!' at 'tags.aws:x.member' "
            "failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$");
}

TEST(Validation, LengthOfLists) {
  EXPECT_EQ(
      complaint(Operation::delete_faces, R"({"CollectionId":"c","FaceIds":[]})"),
      "1 validation error detected: Value '[]' at 'faceIds' failed to satisfy constraint: Member must have length "
      "greater than or equal to 1");
  const std::string id = "\"11111111-2222-3333-4444-555555555555\"";
  std::string ids = id;
  for (int i = 0; i < 5000; ++i) ids += "," + id;
  EXPECT_EQ(
      complaint(Operation::delete_faces, R"({"CollectionId":"c","FaceIds":[)" + ids + "]}"),
      "1 validation error detected: Value '[11111111-2222-3333-4444-555555555555, "
      "11111111-2222-3333-4444-555555555555, 11111111-2222-3333-4444...' at 'faceIds' failed to satisfy constraint: "
      "Member must have length less than or equal to 4096");
}

TEST(Validation, TellsTenViolationsAtMost) {
  std::string attributes = "\"BAD\"";
  for (int i = 0; i < 60'000; ++i) attributes += ",\"BAD\"";
  const std::string message =
      complaint(Operation::detect_faces, std::string("{") + picture + R"(,"Attributes":[)" + attributes + "]}");
  EXPECT_THAT(message, StartsWith("10 validation errors detected: "));
  EXPECT_LT(message.size(), 4000U);
}

TEST(Validation, NestedStructuresOfLists) {
  EXPECT_EQ(
      complaint(
          Operation::create_project_version,
          R"({"ProjectArn":"arn:aws:rekognition:eu-west-1:123456789012:project/p/1","VersionName":"v",)"
          R"("OutputConfig":{},"TrainingData":{"Assets":[{},{"GroundTruthManifest":{"S3Object":{"Name":""}}}]}})"),
      "1 validation error detected: Value '' at 'trainingData.assets.2.member.groundTruthManifest.s3Object.name' "
      "failed "
      "to satisfy constraint: Member must have length greater than or equal to 1");
}

}  // namespace
}  // namespace likeness::wire

#include "wire/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "wire/message.h"
#include "wire/rekognition/compare_faces.h"
#include "wire/rekognition/detect_faces.h"
#include "wire/rekognition/list_collections.h"
#include "wire/rekognition/operations.h"
#include "wire/rekognition/tag_resource.h"
#include "wire/schema.h"

namespace likeness::wire {
namespace {

using ::testing::HasSubstr;

template <typename T>
Result<T> read(std::string_view body) {
  T message;
  TRY(read_json(T::shape(), &message, body));
  return message;
}

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

void expect_malformed(std::string_view body, std::string_view part = "") {
  const Result<CompareFacesRequest> request = read<CompareFacesRequest>(body);
  ASSERT_FALSE(request.ok()) << body.substr(0, 200);
  EXPECT_EQ(request.error().kind, ErrorKind::malformed) << body.substr(0, 200);
  EXPECT_THAT(request.error().message, HasSubstr(std::string(part)));
}

TEST(JsonReader, ReadsEachKindOfValue) {
  const auto faces = read<DetectFacesRequest>(
      R"( {"Image":{"Bytes":"AAEC/w==","S3Object":{"Bucket":"b\u00e9\n"}},"Attributes":["ALL","DEFAULT"]} )");
  ASSERT_TRUE(faces.ok());
  EXPECT_EQ(faces->image->bytes, (Bytes{0, 1, 2, 255}));
  EXPECT_EQ(faces->image->s3_object->bucket, "bé\n");
  EXPECT_FALSE(faces->image->s3_object->name.has_value());
  EXPECT_EQ(faces->attributes, (std::vector{Attribute::all, Attribute::default_}));

  const auto compare = read<CompareFacesRequest>(R"({"SimilarityThreshold":99,"QualityFilter":"HIGH"})");
  ASSERT_TRUE(compare.ok());
  EXPECT_EQ(compare->similarity_threshold, 99.0F);
  EXPECT_EQ(compare->quality_filter, QualityFilter::high);

  const auto tag = read<TagResourceRequest>(R"({"Tags":{"a":"1","b":""}})");
  ASSERT_TRUE(tag.ok());
  EXPECT_EQ(*tag->tags, (std::map<std::string, std::string>{{"a", "1"}, {"b", ""}}));
}

TEST(JsonReader, ReadsIntegersAndRefusesWhatIsNone) {
  for (const char* text : {"5", "5.0", "0.5e1", "50e-1"}) {
    const auto list = read<ListCollectionsRequest>(std::string(R"({"MaxResults":)") + text + "}");
    ASSERT_TRUE(list.ok()) << text;
    EXPECT_EQ(list->max_results, 5) << text;
  }
  EXPECT_EQ(read<ListCollectionsRequest>(R"({"MaxResults":-2147483648})")->max_results, -2147483648);
  for (const char* text : {"2147483648", "-2147483649", "18446744073709551615", "1e999", "-1e999", "5.5", "1e10",
                           "\"5\"", "true", "[]", "{}", "123456789012345678901234567890"}) {
    const auto list = read<ListCollectionsRequest>(std::string(R"({"MaxResults":)") + text + "}");
    ASSERT_FALSE(list.ok()) << text;
    EXPECT_EQ(list.error().kind, ErrorKind::malformed) << text;
  }
}

TEST(JsonReader, RefusesFloatsThatAreNotFinite) {
  EXPECT_TRUE(read<CompareFacesRequest>(R"({"SimilarityThreshold":3.4028234e38})").ok());
  for (const char* text :
       {"1e39", "1e999", "-1e999", "1e99999999999", "NaN", "Infinity", "0x10", "01", "+1", ".5", "1."}) {
    expect_malformed(std::string(R"({"SimilarityThreshold":)") + text + "}");
  }
}

TEST(JsonReader, IgnoresUnknownMembersWhateverTheyHold) {
  const auto request = read<CompareFacesRequest>(
      R"({"x":[{"SimilarityThreshold":1,"y":[null,true,"s",1.5]}],"SimilarityThreshold":7,"z":"\u0041","w":{}})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->similarity_threshold, 7.0F);
  // Names count with their case, and the names of other structures are unknown.
  const auto other = read<CompareFacesRequest>(R"({"similarityThreshold":1,"Bytes":"AA==","SourceImage":{"Image":1}})");
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(other->similarity_threshold.has_value());
}

TEST(JsonReader, TheLastOfARepeatedMemberCounts) {
  const auto request = read<CompareFacesRequest>(
      R"({"SimilarityThreshold":1,"SourceImage":{"Bytes":"AA==","S3Object":{}},"SimilarityThreshold":2,)"
      R"("SourceImage":{"Bytes":"/w=="},"QualityFilter":"BAD","QualityFilter":"LOW"})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->similarity_threshold, 2.0F);
  EXPECT_EQ(request->source_image->bytes, Bytes{255});
  EXPECT_FALSE(request->source_image->s3_object.has_value());
  EXPECT_EQ(request->quality_filter, QualityFilter::low);

  EXPECT_FALSE(read<CompareFacesRequest>(R"({"SimilarityThreshold":1,"SimilarityThreshold":null})")
                   ->similarity_threshold.has_value());
  EXPECT_EQ(read<TagResourceRequest>(R"({"Tags":{"k":"1","k":"2"}})")->tags->at("k"), "2");
}

TEST(JsonReader, NullIsAbsentExceptInLists) {
  const auto request = read<CompareFacesRequest>(R"({"SourceImage":null,"QualityFilter":null,"unknown":null})");
  ASSERT_TRUE(request.ok());
  EXPECT_FALSE(request->source_image.has_value());
  const auto faces = read<DetectFacesRequest>(R"({"Attributes":["ALL",null]})");
  ASSERT_FALSE(faces.ok());
  EXPECT_EQ(faces.error().kind, ErrorKind::malformed);
  EXPECT_EQ(faces.error().message, "the elements of 'attributes' must not be null");
  EXPECT_EQ(read<TagResourceRequest>(R"({"Tags":{"k":null}})").error().kind, ErrorKind::malformed);
}

TEST(JsonReader, ReadsBase64WithEscapes) {
  // Some clients escape every slash.
  const auto request = read<CompareFacesRequest>(R"({"SourceImage":{"Bytes":"\/\/\/\/"}})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->source_image->bytes, (Bytes{255, 255, 255}));
  EXPECT_EQ(read<CompareFacesRequest>(R"({"SourceImage":{"Bytes":""}})")->source_image->bytes, Bytes{});
}

TEST(JsonReader, RefusesTextThatIsNoBase64) {
  for (const char* text : {"A", "AA", "AAA", "A===", "====", "AA==AA==", "A A=", "AAA\\n", "AA-_", "\\u00e9AA="}) {
    expect_malformed(std::string(R"({"SourceImage":{"Bytes":")") + text + R"("}})", "'sourceImage.bytes'");
  }
}

TEST(JsonReader, ReadsALargePicture) {
  const Bytes picture(5'242'880, 0xA5);
  const auto request = read<CompareFacesRequest>(R"({"SourceImage":{"Bytes":")" + to_base64(picture) + R"("}})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->source_image->bytes, picture);
}

TEST(JsonReader, NamesTheMemberOfTheWrongType) {
  expect_malformed(R"({"SourceImage":{"Bytes":5}})", "'sourceImage.bytes' must be a string of base64, not this number");
  expect_malformed(R"({"SourceImage":{"S3Object":{"Name":[]}}})",
                   "'sourceImage.s3Object.name' must be a string, not an array");
  expect_malformed(R"({"SourceImage":"x"})", "'sourceImage' must be an object, not a string");
  expect_malformed(R"({"SimilarityThreshold":{}})", "'similarityThreshold' must be a number, not an object");
  expect_malformed(R"({"QualityFilter":true})", "'qualityFilter' must be a string, not true or false");
  const auto faces = read<DetectFacesRequest>(R"({"Attributes":["ALL",1]})");
  EXPECT_EQ(faces.error().message, "'attributes.2.member' must be a string, not this number");
}

TEST(JsonReader, RefusesBodiesThatAreNoObject) {
  for (const char* body : {"[]", "[{}]", "\"text\"", "5", "1.5", "true", "null"}) {
    expect_malformed(body, "the body must be a JSON object");
  }
}

TEST(JsonReader, RefusesWhatIsNoJson) {
  for (const char* body : {"",
                           " ",
                           "{",
                           "{}}",
                           "{} {}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "{}x",
                           "{\"a\":tru}",
                           "{\"a\":\"",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"\\x\"}",
                           "{/**/}",
                           "\xEF\xBB\xBF{}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":\"\\ud800\"}",
                           "nul"}) {
    expect_malformed(body);
  }
  const std::string nul("{}\0", 3);
  expect_malformed(nul);
}

TEST(JsonReader, RefusesInvalidUtf8Everywhere) {
  for (const char* text : {"\xFF", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80"}) {
    expect_malformed(std::string(R"({"QualityFilter":")") + text + R"("})");
    expect_malformed(std::string(R"({"unknown":")") + text + R"("})");
    expect_malformed(std::string(R"({")") + text + R"(":1})");
  }
}

TEST(JsonReader, RefusesDeepNesting) {
  expect_malformed(repeat("[", 10'000));
  expect_malformed(repeat("{\"a\":", 10'000));
  expect_malformed(R"({"a":)" + repeat("[", 10'000) + repeat("]", 10'000) + "}");
  expect_malformed(R"({"a":)" + repeat("[", 14'000'000));
  EXPECT_TRUE(read<CompareFacesRequest>(R"({"a":)" + repeat("[", 31) + repeat("]", 31) + "}").ok());
  expect_malformed(R"({"a":)" + repeat("[", 32) + repeat("]", 32) + "}");
}

TEST(JsonReader, KeepsOneElementMoreThanAListMayHave) {
  const Shape& shape = request_shape(Operation::delete_faces);
  const AnyStructure request = shape.make();
  ASSERT_TRUE(read_json(shape, request.get(), R"({"FaceIds":[)" + repeat("\"\",", 3'000'000) + "\"\"]}").ok());
  const auto member = std::ranges::find(shape.members, "FaceIds", &Member::name);
  EXPECT_EQ(member->shape->list->size(member->find(request.get())), 4097U);
}

TEST(JsonReader, BoundsTheElementsOfListsWithoutABound) {
  const auto request = read<DetectFacesRequest>(R"({"Attributes":[)" + repeat("\"ALL\",", max_elements) + "\"ALL\"]}");
  ASSERT_FALSE(request.ok());
  EXPECT_EQ(request.error().kind, ErrorKind::invalid_argument);
  EXPECT_TRUE(read<DetectFacesRequest>(R"({"x":[)" + repeat("1,", 1'000'000) + "1]}").ok());
}

TEST(JsonReader, KeepsAFewUnknownNames) {
  const std::string name(1000, 'x');
  DetectFacesRequest request;
  const auto names = read_json(DetectFacesRequest::shape(), &request,
                               R"({"Attributes":["ALL",)" + repeat("\"" + name + "\",", 1000) + "\"ALL\"]}");
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(names->size(), max_unknown_names);
  EXPECT_EQ(names->at("attributes.2.member").size(), max_unknown_name_characters);
  EXPECT_EQ(static_cast<std::int32_t>(request.attributes->at(1)), unknown_enumerator);
}

TEST(JsonReader, EveryPrefixOfARequestIsRefused) {
  const std::string body = R"({"SourceImage":{"Bytes":"AAEC\/w=="},"QualityFilter":"LOW","SimilarityThreshold":1.5e1})";
  ASSERT_TRUE(read<CompareFacesRequest>(body).ok());
  for (std::size_t length = 0; length < body.size(); ++length) expect_malformed(body.substr(0, length));
}

}  // namespace
}  // namespace likeness::wire

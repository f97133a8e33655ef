#include "wire/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "wire/message.h"
#include "wire/rekognition/compare_faces.h"
#include "wire/rekognition/describe_collection.h"
#include "wire/rekognition/detect_faces.h"
#include "wire/rekognition/get_face_liveness_session_results.h"
#include "wire/rekognition/list_tags_for_resource.h"

namespace likeness::wire {
namespace {

TEST(JsonWriter, LeavesOutWhatIsAbsent) {
  EXPECT_EQ(to_json(DetectFacesResponse()), "{}");
  EXPECT_EQ(to_json(DetectFacesResponse{.face_details = std::vector<FaceDetail>()}), R"({"FaceDetails":[]})");
}

TEST(JsonWriter, WritesAResponse) {
  DetectFacesResponse response;
  FaceDetail& face = response.face_details.emplace().emplace_back();
  face.bounding_box = BoundingBox{.width = 0.25F, .height = 0.5F, .left = -0.0625F, .top = 0.1F};
  face.smile = Smile{.value = true, .confidence = 99.5F};
  face.landmarks.emplace().push_back(Landmark{.type = LandmarkType::eye_left, .x = 1.0F, .y = 1e-7F});
  EXPECT_EQ(to_json(response), R"({"FaceDetails":[{"BoundingBox":{"Width":0.25,"Height":0.5,"Left":-0.0625,"Top":0.1},)"
                               R"("Smile":{"Value":true,"Confidence":99.5},)"
                               R"("Landmarks":[{"Type":"eyeLeft","X":1,"Y":1e-07}]}]})");
}

TEST(JsonWriter, WritesFloatsThatAreNoNumbersAsNull) {
  CompareFacesMatch match;
  for (const float number : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                             -std::numeric_limits<float>::infinity()}) {
    match.similarity = number;
    EXPECT_EQ(to_json(CompareFacesResponse{.face_matches = std::vector{match}}),
              R"({"FaceMatches":[{"Similarity":null}]})");
  }
}

TEST(JsonWriter, WritesTimesAsSeconds) {
  const auto at = [](std::int64_t micros) {
    return to_json(DescribeCollectionResponse{.creation_timestamp = Time(Micros(micros))});
  };
  EXPECT_EQ(at(0), R"({"CreationTimestamp":0})");
  EXPECT_EQ(at(1'700'000'000'000'000), R"({"CreationTimestamp":1700000000})");
  EXPECT_EQ(at(1'700'000'000'123'999), R"({"CreationTimestamp":1700000000.123})");
  EXPECT_EQ(at(1'700'000'000'100'000), R"({"CreationTimestamp":1700000000.1})");
  EXPECT_EQ(at(-1'500'000), R"({"CreationTimestamp":-1.5})");
}

TEST(JsonWriter, EscapesText) {
  ListTagsForResourceResponse response;
  response.tags.emplace().emplace("a\"\\", "\n\x01é");
  EXPECT_EQ(to_json(response), "{\"Tags\":{\"a\\\"\\\\\":\"\\u000a\\u0001é\"}}");
}

TEST(JsonWriter, WritesBlobsAsBase64) {
  GetFaceLivenessSessionResultsResponse response;
  response.reference_image = AuditImage{.bytes = Bytes{0, 1, 2, 255}};
  EXPECT_EQ(to_json(response), R"({"ReferenceImage":{"Bytes":"AAEC/w=="}})");
}

}  // namespace
}  // namespace likeness::wire

#include "wire/rekognition/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/message.h"
#include "wire/rekognition/detect_faces.h"
#include "wire/rekognition/enums.h"

namespace likeness::wire {
namespace {

using ::testing::Contains;

static_assert(operation_count == 75 + 6);  // Rekognition's, and those of the extension service
static_assert(implemented(Operation::detect_faces));
static_assert(target_prefix == "RekognitionService");
static_assert(signing_name == "rekognition");
static_assert(Message<DetectFacesRequest>);
static_assert(!Message<FaceDetail>);

TEST(Operations, AreFoundByName) {
  EXPECT_EQ(find_operation("DetectFaces"), Operation::detect_faces);
  for (const Operation operation : all_operations()) EXPECT_EQ(find_operation(name(operation)), operation);
  for (const char* other : {"", "detectFaces", "DetectFace", "DetectFacesX", "Zzz", "A"}) {
    EXPECT_EQ(find_operation(other), std::nullopt) << other;
  }
}

TEST(Operations, KnowTheirErrors) {
  for (const Operation operation : all_operations()) {
    EXPECT_THAT(errors(operation), Contains("InvalidParameterException")) << name(operation);
  }
  EXPECT_THAT(errors(Operation::detect_faces), Contains("ImageTooLargeException"));
}

TEST(Operations, KnowWhichTakeBytes) {
  EXPECT_TRUE(takes_image_bytes(Operation::detect_faces));
  EXPECT_TRUE(takes_image_bytes(Operation::compare_faces));
  EXPECT_TRUE(takes_image_bytes(Operation::update_dataset_entries));
  EXPECT_FALSE(takes_image_bytes(Operation::list_faces));
  EXPECT_FALSE(takes_image_bytes(Operation::start_face_detection));
}

TEST(Operations, ValidateTheirRequests) {
  EXPECT_TRUE(validate_request(Operation::list_collections, "{}").ok());
  EXPECT_EQ(validate_request(Operation::create_user, "{}").error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(validate_request(Operation::create_user, "").error().kind, ErrorKind::malformed);
}

TEST(Enums, HaveNames) {
  EXPECT_EQ(name(Attribute::default_), "DEFAULT");
  EXPECT_EQ(name(LandmarkType::left_eye_brow_left), "leftEyeBrowLeft");
  EXPECT_EQ(parse_name<Attribute>("EYES_OPEN"), Attribute::eyes_open);
  EXPECT_EQ(parse_name<Attribute>("eyes_open"), std::nullopt);
}

}  // namespace
}  // namespace likeness::wire

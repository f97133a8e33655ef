#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "api/error_table.h"
#include "api/face_details.h"
#include "api/operations.h"

namespace likeness::api {
namespace {

using testing::HasSubstr;

TEST(OperationsTest, TheDispatchTableAnswersWhatTheCoveragePageSays) {
  for (const wire::Operation operation : wire::all_operations()) {
    EXPECT_EQ(is_answered(operation), wire::implemented(operation)) << wire::name(operation);
  }
}

TEST(ErrorTableTest, EveryKindHasARowAndNoTwoShareALabel) {
  std::set<std::string_view> labels;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
    const ErrorRow& row = error_row(static_cast<ErrorKind>(kind));
    EXPECT_TRUE(row.status == 400 || row.status == 500);
    EXPECT_TRUE(labels.insert(row.metric_label).second) << row.metric_label;
    EXPECT_EQ(row.metric_label, error_kind_name(static_cast<ErrorKind>(kind)));
  }
}

TEST(ErrorTableTest, TheBodyHasBothSpellingsAndInternalCausesStayInside) {
  const Response response = error_response(Error(ErrorKind::not_found, "no \"such\" thing"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"__type":"ResourceNotFoundException","Code":"ResourceNotFoundException",)"
                           R"("message":"no \"such\" thing","Message":"no \"such\" thing"})");
  const Response internal = error_response(Error(ErrorKind::corrupt, "secret path"));
  EXPECT_EQ(internal.status, 500);
  EXPECT_THAT(internal.body, Not(HasSubstr("secret")));
}

// describe's landmarks are in the order of this enumeration: the names at both ends and in the middle pin it down.
TEST(FaceDetailsTest, LandmarkOrderIsThatOfTheContract) {
  EXPECT_EQ(wire::name(static_cast<wire::LandmarkType>(0)), "eyeLeft");
  EXPECT_EQ(wire::name(static_cast<wire::LandmarkType>(4)), "mouthRight");
  EXPECT_EQ(wire::name(static_cast<wire::LandmarkType>(23)), "leftPupil");
  EXPECT_EQ(wire::name(static_cast<wire::LandmarkType>(describe::landmark_count - 1)), "upperJawlineRight");
}

TEST(FaceDetailsTest, AttributesAreThoseAskedFor) {
  pipeline::AnalyzedFace face;
  face.description.emplace();
  face.description->smile = describe::Judgement{.value = true, .confidence = 90};
  face.description->eyes_open = describe::Judgement{.value = true, .confidence = 80};
  const Size picture{100, 100};
  const wire::Attribute smile[] = {wire::Attribute::default_, wire::Attribute::smile};
  const wire::FaceDetail one = to_face_detail(face, picture, AttributeSet(smile));
  EXPECT_TRUE(one.smile.has_value());
  EXPECT_FALSE(one.eyes_open.has_value());
  EXPECT_TRUE(one.pose.has_value());
  const wire::Attribute all[] = {wire::Attribute::all};
  EXPECT_TRUE(to_face_detail(face, picture, AttributeSet(all)).eyes_open.has_value());
  EXPECT_FALSE(to_face_detail(face, picture, AttributeSet({})).smile.has_value());
}

TEST(ErrorResponseTest, TheCauseOfAnInternalErrorIsForTheLogAlone) {
  EXPECT_EQ(error_response(Error(ErrorKind::unavailable, "the disk is full")).cause, "the disk is full");
  EXPECT_EQ(error_response(Error(ErrorKind::not_found, "no such thing")).cause, "");
}

}  // namespace
}  // namespace likeness::api

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/authenticator.h"
#include "api/face_details.h"
#include "api/operations.h"
#include "sigv4/sign.h"

namespace likeness::api {
namespace {

using testing::HasSubstr;

TEST(OperationsTest, TheDispatchTableAnswersWhatTheCoveragePageSays) {
  for (const wire::Operation operation : wire::all_operations()) {
    EXPECT_EQ(is_answered(operation), wire::implemented(operation)) << wire::name(operation);
  }
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

class AuthenticatorTest : public testing::Test {
 protected:
  RequestHead signed_head(const std::string& body, const std::string& region) {
    RequestHead head{.request_id = "id", .peer = "peer", .method = "POST", .target = "/", .headers = {}};
    head.headers = {{"Host", "localhost:8080"},
                    {"Content-Type", "application/x-amz-json-1.1"},
                    {"X-Amz-Target", "RekognitionService.DetectFaces"}};
    std::vector<sigv4::HeaderView> views;
    for (const Header& header : head.headers) views.push_back({header.name, header.value});
    const sigv4::SignatureHeaders signature = sigv4::sign({head.method, head.target, views}, sha256(as_bytes(body)),
                                                          {"AKID", "secret"}, region, "rekognition", clock_.now());
    head.headers.push_back({"X-Amz-Date", signature.x_amz_date});
    head.headers.push_back({"Authorization", signature.authorization});
    return head;
  }

  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  Authenticator authenticator_{{{"AKID", "secret"}}, "us-east-1", clock_};
};

TEST_F(AuthenticatorTest, TakesWhatIsSignedRight) {
  const RequestHead head = signed_head("{}", "us-east-1");
  EXPECT_FALSE(authenticator_.refuse_claim(head).has_value());
  EXPECT_FALSE(authenticator_.refuse_signature(head, "{}").has_value());
}

TEST_F(AuthenticatorTest, RefusesEachFailureByItsName) {
  RequestHead head = signed_head("{}", "us-east-1");
  EXPECT_THAT(authenticator_.refuse_signature(head, "{ }")->body, HasSubstr("InvalidSignatureException"));
  clock_.advance(std::chrono::minutes(16));
  EXPECT_THAT(authenticator_.refuse_claim(head)->body, HasSubstr("Signature expired"));
  EXPECT_THAT(authenticator_.refuse_claim(signed_head("{}", "eu-west-1"))->body,
              HasSubstr("InvalidSignatureException"));
  head.headers.pop_back();
  EXPECT_THAT(authenticator_.refuse_claim(head)->body, HasSubstr("MissingAuthenticationTokenException"));
  const Authenticator stranger({{"OTHER", "secret"}}, "us-east-1", clock_);
  EXPECT_THAT(stranger.refuse_claim(signed_head("{}", "us-east-1"))->body, HasSubstr("UnrecognizedClientException"));
}

}  // namespace
}  // namespace likeness::api

#include "sigv4/authorization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace likeness::sigv4 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Headers = std::vector<HeaderView>;

constexpr std::string_view good =
    "AWS4-HMAC-SHA256 Credential=AKID/20260203/us-east-1/rekognition/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=5ca1ab1e";

Headers with_authorization(std::string_view value) {
  return {{"Host", "localhost"}, {"X-Amz-Date", "20260203T040506Z"}, {"Authorization", value}};
}

Failure failure_of(const Headers& headers) {
  auto result = parse_authorization({"POST", "/", headers});
  EXPECT_TRUE(std::holds_alternative<Failure>(result)) << "was accepted";
  return std::holds_alternative<Failure>(result) ? std::get<Failure>(result) : Failure{};
}

Authorization accepted(const Headers& headers) {
  auto result = parse_authorization({"POST", "/", headers});
  EXPECT_TRUE(std::holds_alternative<Authorization>(result)) << std::get<Failure>(result).message;
  return std::holds_alternative<Authorization>(result) ? std::get<Authorization>(result) : Authorization{};
}

TEST(ParseAuthorization, ReadsEveryPart) {
  const Authorization authorization = accepted(with_authorization(good));
  EXPECT_EQ(authorization.access_key_id, "AKID");
  EXPECT_EQ(authorization.scope.text(), "20260203/us-east-1/rekognition/aws4_request");
  EXPECT_THAT(authorization.signed_headers, ElementsAre("host", "x-amz-date"));
  EXPECT_EQ(authorization.signature, "5ca1ab1e");
  EXPECT_EQ(format_iso8601_basic(authorization.time), "20260203T040506Z");
}

TEST(ParseAuthorization, TakesAnyOrderCaseAndSpacing) {
  const Headers headers = {{"x-amz-date", " 20260203T040506Z "},
                           {"AUTHORIZATION",
                            "AWS4-HMAC-SHA256\tSignature=f00,Extra=1 ,SignedHeaders=X-Amz-Date;Host,"
                            "Credential=AKID/20260203/us-east-1/rekognition/aws4_request"}};
  EXPECT_THAT(accepted(headers).signed_headers, ElementsAre("host", "x-amz-date"));
}

TEST(ParseAuthorization, TakesADateHeaderInBothForms) {
  for (const std::string_view date : {"20260203T040506Z", "Tue, 03 Feb 2026 04:05:06 GMT"}) {
    const Headers headers = {{"Host", "localhost"},
                             {"Date", date},
                             {"Authorization",
                              "AWS4-HMAC-SHA256 Credential=AKID/20260203/us-east-1/rekognition/aws4_request, "
                              "SignedHeaders=date;host, Signature=5ca1ab1e"}};
    EXPECT_EQ(format_iso8601_basic(accepted(headers).time), "20260203T040506Z") << date;
  }
}

TEST(ParseAuthorization, MissingToken) {
  EXPECT_EQ(failure_of({}).kind, FailureKind::missing_token);
  EXPECT_EQ(failure_of({{"Host", "localhost"}}).kind, FailureKind::missing_token);
}

TEST(ParseAuthorization, IncompleteSignature) {
  const std::string credential = "Credential=AKID/20260203/us-east-1/rekognition/aws4_request";
  const std::string names = "SignedHeaders=host;x-amz-date";
  const std::string value = "Signature=f00";
  const std::string scheme = "AWS4-HMAC-SHA256 ";
  std::string many = "SignedHeaders=host;x-amz-date";
  for (int i = 0; i < 64; ++i) many += ";h" + std::to_string(i);
  const std::vector<std::string> malformed = {
      "",
      "Basic dXNlcjpwYXNz",
      "AWS4-HMAC-SHA256",
      "AWS4-HMAC-SHA1 " + credential + ", " + names + ", " + value,
      scheme + credential,
      scheme + names + ", " + value,
      scheme + credential + ", " + value,
      scheme + credential + ", " + names + ", Signature=",
      scheme + credential + ", " + names + ", " + value + ", " + value,
      scheme + credential + " " + names + " " + value,
      scheme + credential + ", junk, " + names + ", " + value,
      scheme + "Credential=AKID/20260203/us-east-1/rekognition, " + names + ", " + value,
      scheme + "Credential=A/B/20260203/us-east-1/rekognition/aws4_request, " + names + ", " + value,
      scheme + "Credential=/20260203/us-east-1/rekognition/aws4_request, " + names + ", " + value,
      scheme + "Credential=" + std::string(129, 'A') + "/20260203/us-east-1/rekognition/aws4_request, " + names + ", " +
          value,
      scheme + credential + ", SignedHeaders=x-amz-date, " + value,
      scheme + credential + ", SignedHeaders=host;host;x-amz-date, " + value,
      scheme + credential + ", SignedHeaders=host;;x-amz-date, " + value,
      scheme + credential + ", " + many + ", " + value,
  };
  for (const std::string& text : malformed) {
    EXPECT_EQ(failure_of(with_authorization(text)).kind, FailureKind::incomplete_signature) << text;
  }
}

TEST(ParseAuthorization, IncompleteSignatureBecauseOfRepeatedOrBadDates) {
  const std::vector<Headers> cases = {
      {{"Host", "localhost"}, {"Authorization", good}},
      {{"Host", "localhost"}, {"X-Amz-Date", "yesterday"}, {"Authorization", good}},
      {{"Host", "localhost"}, {"X-Amz-Date", "Tue, 03 Feb 2026 04:05:06 GMT"}, {"Authorization", good}},
      {{"Host", "localhost"}, {"Date", "Tue, 03 Fxb 2026 04:05:06 GMT"}, {"Authorization", good}},
      {{"X-Amz-Date", "20260203T040506Z"}, {"x-amz-date", "20260203T040506Z"}, {"Authorization", good}},
      {{"X-Amz-Date", "20260203T040506Z"}, {"Authorization", good}, {"authorization", good}},
  };
  for (const Headers& headers : cases) EXPECT_EQ(failure_of(headers).kind, FailureKind::incomplete_signature);
}

TEST(ParseAuthorization, NamesEveryMissingPart) {
  EXPECT_EQ(failure_of(with_authorization("AWS4-HMAC-SHA256 Credential=AKID/1/2/3/4")).message,
            "Authorization header requires 'Signature' parameter. "
            "Authorization header requires 'SignedHeaders' parameter.");
}

TEST(ParseAuthorization, WrongDayOrTerminator) {
  const std::string rest = ", SignedHeaders=host;x-amz-date, Signature=f00";
  const Failure day = failure_of(
      with_authorization("AWS4-HMAC-SHA256 Credential=AKID/20260204/us-east-1/rekognition/aws4_request" + rest));
  EXPECT_EQ(day.kind, FailureKind::wrong_scope);
  EXPECT_THAT(day.message, HasSubstr("'20260204' != '20260203', from '20260203T040506Z'"));
  const Failure end = failure_of(
      with_authorization("AWS4-HMAC-SHA256 Credential=AKID/20260203/us-east-1/rekognition/aws5_request" + rest));
  EXPECT_EQ(end.kind, FailureKind::wrong_scope);
}

TEST(ParseAuthorization, UnsignedAmazonHeader) {
  Headers headers = with_authorization(good);
  headers.push_back({"X-AMZ-Target", "RekognitionService.DeleteCollection"});
  EXPECT_EQ(failure_of(headers).kind, FailureKind::signature_mismatch);
  EXPECT_THAT(failure_of(headers).message, HasSubstr("'x-amz-target'"));
  headers.back() = {"X-Amzn-Trace-Id", "Root=1"};  // added by load balancers, never signed
  EXPECT_EQ(accepted(headers).access_key_id, "AKID");
}

TEST(ParseAuthorization, SessionTokenMustBeSigned) {
  Headers headers = with_authorization(good);
  headers.push_back({"X-Amz-Security-Token", "FwoGZXIvYXdzE"});
  EXPECT_EQ(failure_of(headers).kind, FailureKind::signature_mismatch);
  EXPECT_THAT(failure_of(headers).message, HasSubstr("'x-amz-security-token'"));
}

constexpr std::string_view with_token =
    "AWS4-HMAC-SHA256 Credential=AKID/20260203/us-east-1/rekognition/aws4_request, "
    "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=5ca1ab1e";

TEST(ParseAuthorization, ReadsASignedSessionTokenAndPayloadClaim) {
  Headers headers = with_authorization(with_token);
  headers.push_back({"X-Amz-Security-Token", " FwoGZXIvYXdzE= "});
  EXPECT_EQ(accepted(headers).session_token, "FwoGZXIvYXdzE=");
  EXPECT_EQ(accepted(headers).payload_claim, std::nullopt);
  headers.push_back({"X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"});
  EXPECT_EQ(accepted(headers).payload_claim, "UNSIGNED-PAYLOAD");
  EXPECT_FALSE(accepted(headers).presigned);
  headers.push_back({"X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"});
  EXPECT_EQ(failure_of(headers).kind, FailureKind::incomplete_signature);
}

TEST(ParseAuthorization, SessionTokensThatCannotBeOurs) {
  const std::string longest(max_session_token_characters, 'T');
  const std::string longer = longest + "T";
  Headers headers = with_authorization(with_token);
  headers.push_back({"X-Amz-Security-Token", longest});
  EXPECT_EQ(accepted(headers).session_token, longest);
  for (const std::string& token : {longer, std::string()}) {
    headers.back().value = token;
    EXPECT_EQ(failure_of(headers).kind, FailureKind::unknown_token);
  }
  headers.push_back({"X-Amz-Security-Token", "another"});
  EXPECT_EQ(failure_of(headers).kind, FailureKind::incomplete_signature);
}

TEST(ParseAuthorization, QuotesLittleOfHostileInput) {
  const Failure failure = failure_of(with_authorization("AWS4-HMAC-SHA256 " + std::string(5000, '\x80')));
  EXPECT_LT(failure.message.size(), 300U);
  EXPECT_EQ(failure.message.find('\x80'), std::string::npos);
}

class CheckClaim : public testing::Test {
 protected:
  Authorization claim_ = accepted(with_authorization(good));
  Time signed_at_ = claim_.time;

  std::optional<FailureKind> kind(std::string_view region, std::string_view service, Time now) {
    const std::optional<Failure> failure = check_claim(claim_, region, service, now);
    return failure ? std::optional(failure->kind) : std::nullopt;
  }
};

TEST_F(CheckClaim, RegionAndService) {
  EXPECT_EQ(kind("us-east-1", "rekognition", signed_at_), std::nullopt);
  EXPECT_EQ(kind("eu-west-1", "rekognition", signed_at_), FailureKind::wrong_scope);
  EXPECT_EQ(kind("us-east-1", "s3", signed_at_), FailureKind::wrong_scope);
}

TEST_F(CheckClaim, WindowIsFifteenMinutesBothWays) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  EXPECT_EQ(kind("us-east-1", "rekognition", signed_at_ + minutes(15)), std::nullopt);
  EXPECT_EQ(kind("us-east-1", "rekognition", signed_at_ + minutes(15) + seconds(1)), FailureKind::expired);
  EXPECT_EQ(kind("us-east-1", "rekognition", signed_at_ - minutes(15)), std::nullopt);
  EXPECT_EQ(kind("us-east-1", "rekognition", signed_at_ - minutes(15) - seconds(1)), FailureKind::not_yet_current);
  EXPECT_EQ(check_claim(claim_, "us-east-1", "rekognition", signed_at_ + minutes(16))->message,
            "Signature expired: 20260203T040506Z is now earlier than 20260203T040606Z (20260203T042106Z - 15 min.)");
}

}  // namespace
}  // namespace likeness::sigv4

#include "sigv4/presigned_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sigv4/canonical_request.h"
#include "sigv4/naive_presigned_query.h"
#include "sigv4/sign.h"
#include "sigv4/verify.h"

namespace likeness::sigv4 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Headers = std::vector<HeaderView>;
using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const Time made = *parse_iso8601_basic("20260203T040506Z");
const Headers headers = {{"Host", "localhost"}, {"X-Amz-Target", "RekognitionService.DetectFaces"}};

Parameters good() {
  return {{"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
          {"X-Amz-Credential", "AKID/20260203/us-east-1/rekognition/aws4_request"},
          {"X-Amz-Date", "20260203T040506Z"},
          {"X-Amz-Expires", "900"},
          {"X-Amz-SignedHeaders", "host;x-amz-target"},
          {"X-Amz-Signature", "5ca1ab1e"}};
}

std::string target_of(const Parameters& parameters) {
  std::string target = "/";
  for (const auto& [name, value] : parameters) {
    target += (target.size() == 1 ? "?" : "&") + name + "=" + uri_encoded(value);
  }
  return target;
}

// Good parameters with one of them changed; without a value it is left out.
Parameters with(const std::string& name, std::optional<std::string> value) {
  Parameters parameters;
  for (auto& [each, old] : good()) {
    if (each != name) {
      parameters.emplace_back(each, old);
    } else if (value) {
      parameters.emplace_back(each, *value);
    }
  }
  return parameters;
}

std::variant<Authorization, Failure> parsed(const Parameters& parameters, const Headers& sent = headers) {
  const std::string target = target_of(parameters);
  auto result = parse_authorization({"POST", target, sent});
  EXPECT_EQ(std::holds_alternative<Authorization>(result), naive::is_well_formed({"POST", target, sent})) << target;
  return result;
}

Failure failure_of(const Parameters& parameters, const Headers& sent = headers) {
  auto result = parsed(parameters, sent);
  EXPECT_TRUE(std::holds_alternative<Failure>(result)) << target_of(parameters) << " was accepted";
  return std::holds_alternative<Failure>(result) ? std::get<Failure>(result) : Failure{FailureKind::expired, ""};
}

TEST(PresignedQuery, ReadsEveryPart) {
  Parameters parameters = good();
  parameters.emplace_back("X-Amz-Security-Token", "to+ken/=");
  parameters.emplace_back("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
  parameters.emplace_back("other", "1");
  const auto result = parsed(parameters);
  ASSERT_TRUE(std::holds_alternative<Authorization>(result)) << std::get<Failure>(result).message;
  const auto& authorization = std::get<Authorization>(result);
  EXPECT_TRUE(authorization.presigned);
  EXPECT_EQ(authorization.access_key_id, "AKID");
  EXPECT_EQ(authorization.scope.text(), "20260203/us-east-1/rekognition/aws4_request");
  EXPECT_THAT(authorization.signed_headers, ElementsAre("host", "x-amz-target"));
  EXPECT_EQ(authorization.time, made);
  EXPECT_EQ(authorization.lifetime, std::chrono::seconds(900));
  EXPECT_EQ(authorization.signature, "5ca1ab1e");
  EXPECT_EQ(authorization.session_token, "to+ken/=");
  EXPECT_EQ(authorization.payload_claim, "UNSIGNED-PAYLOAD");
}

TEST(PresignedQuery, NeedsEachPart) {
  for (const auto& [name, value] : good()) {
    for (const std::optional<std::string>& instead : {std::optional<std::string>(), std::optional<std::string>("")}) {
      const Failure failure = failure_of(with(name, instead));
      EXPECT_EQ(failure.kind, FailureKind::incomplete_signature) << name;
      EXPECT_THAT(failure.message, HasSubstr("must include '" + name + "'")) << name;
    }
    Parameters twice = good();
    twice.emplace_back(name, value);
    EXPECT_EQ(failure_of(twice).kind, FailureKind::incomplete_signature) << name;
  }
}

TEST(PresignedQuery, WithoutAnyOfItsPartsThereIsNoToken) {
  EXPECT_EQ(failure_of({}).kind, FailureKind::missing_token);
  EXPECT_EQ(failure_of({{"x-amz-algorithm", "AWS4-HMAC-SHA256"}}).kind, FailureKind::missing_token);
}

TEST(PresignedQuery, ALifetimeIsOneSecondToSevenDays) {
  for (const char* good_one : {"1", "900", "604800", "000900"}) {
    EXPECT_TRUE(std::holds_alternative<Authorization>(parsed(with("X-Amz-Expires", good_one)))) << good_one;
  }
  for (const char* bad :
       {"0", "-1", "+1", "604801", "999999", "1000000", "99999999999999999999", "1.5", "1s", " 1", "0x10", "ten"}) {
    const Failure failure = failure_of(with("X-Amz-Expires", bad));
    EXPECT_EQ(failure.kind, FailureKind::incomplete_signature) << bad;
    EXPECT_THAT(failure.message, HasSubstr("604800")) << bad;
  }
}

TEST(PresignedQuery, RefusesMalformedParts) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"X-Amz-Algorithm", "AWS4-HMAC-SHA1"},
      {"X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"},
      {"X-Amz-Credential", "AKID"},
      {"X-Amz-Credential", "/20260203/us-east-1/rekognition/aws4_request"},
      {"X-Amz-Credential", std::string(129, 'A') + "/20260203/us-east-1/rekognition/aws4_request"},
      {"X-Amz-Date", "yesterday"},
      {"X-Amz-Date", "Tue, 03 Feb 2026 04:05:06 GMT"},
      {"X-Amz-SignedHeaders", "x-amz-target"},
      {"X-Amz-SignedHeaders", "host;;x-amz-target"},
      {"X-Amz-SignedHeaders", "host;host;x-amz-target"},
  };
  for (const auto& [name, value] : changes) {
    EXPECT_EQ(failure_of(with(name, value)).kind, FailureKind::incomplete_signature) << value;
  }
  EXPECT_EQ(failure_of(with("X-Amz-Credential", "AKID/20260204/us-east-1/rekognition/aws4_request")).kind,
            FailureKind::wrong_scope);
  EXPECT_EQ(failure_of(with("X-Amz-Credential", "AKID/20260203/us-east-1/rekognition/aws5_request")).kind,
            FailureKind::wrong_scope);
  EXPECT_EQ(failure_of(with("X-Amz-SignedHeaders", "host")).kind, FailureKind::signature_mismatch) << "x-amz-target";
}

TEST(PresignedQuery, IsNotMixedWithAHeader) {
  Headers both = headers;
  both.push_back({"Authorization", "AWS4-HMAC-SHA256 Credential=x"});
  const std::string target = target_of(good());
  for (const std::string& each : {target, std::string("/?X-Amz-%53ignature=00"), std::string("/?X-Amz-Credential=a")}) {
    const auto result = parse_authorization({"POST", each, both});
    ASSERT_TRUE(std::holds_alternative<Failure>(result)) << each;
    EXPECT_EQ(std::get<Failure>(result).kind, FailureKind::incomplete_signature) << each;
  }
  Headers token = headers;
  token.push_back({"X-Amz-Security-Token", "token"});
  Parameters parameters = with("X-Amz-SignedHeaders", "host;x-amz-security-token;x-amz-target");
  EXPECT_TRUE(std::holds_alternative<Authorization>(parsed(parameters, token)));
  parameters.emplace_back("X-Amz-Security-Token", "token");
  EXPECT_EQ(failure_of(parameters, token).kind, FailureKind::incomplete_signature) << "a token in both places";
}

TEST(PresignedQuery, IsGoodFromItsTimeToTheEndOfItsLifetime) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  const auto authorization = std::get<Authorization>(parsed(with("X-Amz-Expires", "60")));
  const auto kind = [&](Time now) {
    const auto failure = check_claim(authorization, "us-east-1", "rekognition", now);
    return failure ? std::optional(failure->kind) : std::nullopt;
  };
  EXPECT_EQ(kind(made - minutes(15)), std::nullopt);
  EXPECT_EQ(kind(made - minutes(15) - seconds(1)), FailureKind::not_yet_current);
  EXPECT_EQ(kind(made + seconds(60)), std::nullopt);
  EXPECT_EQ(kind(made + seconds(61)), FailureKind::expired);
  EXPECT_EQ(check_claim(authorization, "us-east-1", "rekognition", made + seconds(61))->message,
            "Signature expired: 20260203T040506Z is now earlier than 20260203T040507Z (20260203T040607Z - 60 sec.)");
  const auto week = std::get<Authorization>(parsed(with("X-Amz-Expires", "604800")));
  EXPECT_EQ(check_claim(week, "us-east-1", "rekognition", made + std::chrono::days(7)), std::nullopt);
  EXPECT_EQ(check_claim(week, "eu-west-1", "rekognition", made)->kind, FailureKind::wrong_scope);
}

class PresignedVerify : public testing::Test {
 protected:
  std::string body_ = R"({"Image":{"Bytes":"YWJj"}})";

  [[nodiscard]] std::string presigned(std::string_view payload_hash, const std::string& token = "",
                                      std::string_view target = "/?a=%7e") const {
    return presign({"POST", target, headers}, payload_hash, {"AKID", std::string(secret), token}, "us-east-1",
                   "rekognition", made, std::chrono::minutes(15));
  }

  [[nodiscard]] static bool is_valid(const std::string& target, std::string_view body, const Headers& sent = headers,
                                     std::string_view method = "POST") {
    const RequestView request = {method, target, sent};
    const auto authorization = parse_authorization(request);
    if (!std::holds_alternative<Authorization>(authorization)) return false;
    return !verify(request, std::get<Authorization>(authorization), sha256(as_bytes(body)), secret);
  }

  [[nodiscard]] static std::string replaced(std::string text, const std::string& old, const std::string& with) {
    const std::size_t at = text.find(old);
    EXPECT_NE(at, std::string::npos) << old << " in " << text;
    return text.replace(at, old.size(), with);
  }
};

TEST_F(PresignedVerify, TheBodysHashIsCovered) {
  const std::string target = presigned(to_hex(sha256(as_bytes(body_))));
  EXPECT_TRUE(is_valid(target, body_));
  EXPECT_FALSE(is_valid(target, body_ + " "));
}

TEST_F(PresignedVerify, MadeBeforeItsBodyItTakesAnyBody) {
  const std::string target = presigned("UNSIGNED-PAYLOAD");
  EXPECT_TRUE(is_valid(target, body_));
  EXPECT_TRUE(is_valid(target, "another"));
  EXPECT_FALSE(is_valid(target, body_, {{"Host", "localhost"}, {"X-Amz-Target", "RekognitionService.DeleteFaces"}}));
}

TEST_F(PresignedVerify, AClaimIsBinding) {
  const std::string hash = to_hex(sha256(as_bytes(body_)));
  EXPECT_TRUE(is_valid(presigned(hash, "", "/?X-Amz-Content-Sha256=" + hash), body_));
  EXPECT_FALSE(is_valid(presigned(hash, "", "/?X-Amz-Content-Sha256=" + hash), "another"));
  EXPECT_TRUE(is_valid(presigned("UNSIGNED-PAYLOAD", "", "/?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD"), "another"));
  EXPECT_FALSE(is_valid(presigned("UNSIGNED-PAYLOAD", "", "/?X-Amz-Content-Sha256=" + hash), body_));
}

TEST_F(PresignedVerify, RefusesAnyChange) {
  const std::string target = presigned("UNSIGNED-PAYLOAD", "token");
  ASSERT_TRUE(is_valid(target, body_));
  EXPECT_FALSE(is_valid(target, body_, headers, "GET"));
  EXPECT_FALSE(is_valid(target + "&b=1", body_));
  EXPECT_FALSE(is_valid("/x" + target.substr(1), body_));
  EXPECT_FALSE(is_valid(replaced(target, "a=%7e", "a=%7f"), body_));
  EXPECT_FALSE(is_valid(replaced(target, "Expires=900", "Expires=901"), body_));
  EXPECT_FALSE(is_valid(replaced(target, "20260203T040506Z", "20260203T040507Z"), body_));
  EXPECT_FALSE(is_valid(replaced(target, "Token=token", "Token=tokem"), body_));
  EXPECT_FALSE(is_valid(replaced(target, "&X-Amz-Security-Token=token", ""), body_));
  EXPECT_TRUE(is_valid(replaced(target, "a=%7e", "a=~"), body_)) << "an escape is the same parameter";
  EXPECT_TRUE(is_valid(replaced(target, "X-Amz-Signature", "X-Amz-%53ignature"), body_)) << "and so is this";
}

// Random well-formed queries with a few things changed: what is accepted is what the twin accepts.
TEST(PresignedQuery, AgreesWithTheNaiveTwin) {
  std::mt19937 random(11);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same queries every time
  const std::vector<std::string> values = {
      "",       "host",   "host;x-amz-target", "HOST;X-Amz-Target", ";",         "1",
      "604800", "604801", "AWS4-HMAC-SHA256",  "20260203T040506Z",  "a/b/c/d/e", "token"};
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    Parameters parameters = good();
    if (random() % 3 == 0) parameters.emplace_back("X-Amz-Security-Token", values[random() % values.size()]);
    if (random() % 3 == 0) parameters.emplace_back("X-Amz-Content-Sha256", values[random() % values.size()]);
    for (std::size_t change = random() % 3; change > 0; --change) {
      const std::size_t at = random() % parameters.size();
      switch (random() % 4) {
        case 0: parameters.erase(parameters.begin() + static_cast<std::ptrdiff_t>(at)); break;
        case 1: parameters.push_back(parameters[at]); break;
        default: parameters[at].second = values[random() % values.size()];
      }
    }
    Headers sent = headers;
    if (random() % 4 == 0) sent.push_back({"x-amz-security-token", "token"});
    const auto result = parsed(parameters, sent);  // compares
    accepted += std::holds_alternative<Authorization>(result) ? 1 : 0;
  }
  EXPECT_GT(accepted, 600);
  EXPECT_LT(accepted, 2400);
}

}  // namespace
}  // namespace likeness::sigv4

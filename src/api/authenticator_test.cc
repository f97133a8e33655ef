#include "api/authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/crypto.h"
#include "sigv4/sign.h"

namespace likeness::api {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;

// A lasting key, and a session of it that lasts an hour from the tests' first moment.
class TwoIdentities final : public keys::Identities {
 public:
  [[nodiscard]] std::variant<keys::Identity, keys::Refusal> find(std::string_view id, std::string_view token,
                                                                 Time now) const override {
    if (id == "AKID" && token.empty()) return identity("AKID", std::nullopt, "secret");
    if (id != "SESSION" || token != "token") return keys::Refusal::unknown;
    if (now >= session_ends) return keys::Refusal::expired;
    return identity("SESSION", "AKID", "session-secret");
  }

  Time session_ends{};

 private:
  static keys::Identity identity(std::string id, std::optional<std::string> parent, std::string_view secret) {
    return {.access_key_id = std::move(id),
            .parent_key_id = std::move(parent),
            .policies = {"search"},
            .secret = std::make_shared<const SecretBytes>(Bytes(secret.begin(), secret.end()))};
  }
};

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() { identities_.session_ends = clock_.now() + std::chrono::hours(1); }

  static RequestHead unsigned_head() {
    RequestHead head{.request_id = "id", .peer = "192.0.2.7", .method = "POST", .target = "/", .headers = {}};
    head.headers = {{"Host", "localhost:8080"},
                    {"Content-Type", "application/x-amz-json-1.1"},
                    {"X-Amz-Target", "RekognitionService.DetectFaces"}};
    return head;
  }

  static std::vector<sigv4::HeaderView> views(const RequestHead& head) {
    std::vector<sigv4::HeaderView> views;
    for (const Header& header : head.headers) views.push_back({header.name, header.value});
    return views;
  }

  RequestHead signed_head(const std::string& body, const std::string& region = "us-east-1",
                          const sigv4::Credentials& credentials = {"AKID", "secret"}) {
    RequestHead head = unsigned_head();
    const auto headers = views(head);
    const sigv4::SignatureHeaders signature = sigv4::sign({head.method, head.target, headers}, sha256(as_bytes(body)),
                                                          credentials, region, "rekognition", clock_.now());
    head.headers.push_back({"X-Amz-Date", signature.x_amz_date});
    head.headers.push_back({"Authorization", signature.authorization});
    if (!credentials.session_token.empty()) {
      head.headers.push_back({"X-Amz-Security-Token", signature.x_amz_security_token});
    }
    return head;
  }

  RequestHead presigned_head(Micros lifetime, const sigv4::Credentials& credentials = {"AKID", "secret"}) {
    RequestHead head = unsigned_head();
    const auto headers = views(head);
    head.target = sigv4::presign({head.method, head.target, headers}, "UNSIGNED-PAYLOAD", credentials, "us-east-1",
                                 "rekognition", clock_.now(), lifetime);
    return head;
  }

  // The type of the refusal, or "" for none, of both questions; they must agree unless only the signature is wrong.
  std::string refusal(const RequestHead& head, const std::string& body = "{}") {
    const auto early = authenticator_.refuse_claim(head);
    const auto late = authenticator_.authenticate(head, body);
    if (early) {
      EXPECT_EQ(early->body, std::get<Response>(late).body);
    }
    if (std::holds_alternative<Caller>(late)) return "";
    const Response& response = std::get<Response>(late);
    EXPECT_EQ(response.status, 400);
    const std::size_t start = response.body.find(':') + 2;
    return response.body.substr(start, response.body.find('"', start) - start);
  }

  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  TwoIdentities identities_;
  Authenticator authenticator_{identities_, "123456789012", "us-east-1", clock_};
};

TEST_F(AuthenticatorTest, SaysWhoItIs) {
  const auto result = authenticator_.authenticate(signed_head("{}"), "{}");
  ASSERT_TRUE(std::holds_alternative<Caller>(result)) << std::get<Response>(result).body;
  const Caller& caller = std::get<Caller>(result);
  EXPECT_EQ(caller.account, "123456789012");
  EXPECT_EQ(caller.region, "us-east-1");
  EXPECT_EQ(caller.access_key_id, "AKID");
  EXPECT_EQ(caller.parent_key_id, std::nullopt);
  EXPECT_EQ(caller.lasting_key_id(), "AKID");
  EXPECT_THAT(caller.policies, ElementsAre("search"));
  EXPECT_EQ(caller.peer, "192.0.2.7");
  EXPECT_EQ(caller.time, clock_.now());
  EXPECT_FALSE(authenticator_.refuse_claim(signed_head("{}")).has_value());
}

TEST_F(AuthenticatorTest, RefusesEachFailureByItsName) {
  RequestHead head = signed_head("{}");
  EXPECT_EQ(refusal(head), "");
  EXPECT_EQ(refusal(head, "{ }"), "InvalidSignatureException");
  EXPECT_EQ(refusal(signed_head("{}", "eu-west-1")), "InvalidSignatureException");
  EXPECT_EQ(refusal(signed_head("{}", "us-east-1", {"AKID", "guess"})), "InvalidSignatureException");
  EXPECT_EQ(refusal(signed_head("{}", "us-east-1", {"OTHER", "secret"})), "UnrecognizedClientException");
  clock_.advance(minutes(16));
  EXPECT_EQ(refusal(head), "InvalidSignatureException");
  EXPECT_THAT(authenticator_.refuse_claim(head)->body, HasSubstr("Signature expired"));
  head.headers.back().value = "AWS4-HMAC-SHA256 nonsense";
  EXPECT_EQ(refusal(head), "IncompleteSignatureException");
  head.headers.pop_back();
  EXPECT_EQ(refusal(head), "MissingAuthenticationTokenException");
}

TEST_F(AuthenticatorTest, Sessions) {
  const sigv4::Credentials session = {"SESSION", "session-secret", "token"};
  RequestHead head = signed_head("{}", "us-east-1", session);
  const auto result = authenticator_.authenticate(head, "{}");
  ASSERT_TRUE(std::holds_alternative<Caller>(result)) << std::get<Response>(result).body;
  EXPECT_EQ(std::get<Caller>(result).access_key_id, "SESSION");
  EXPECT_EQ(std::get<Caller>(result).parent_key_id, "AKID");
  EXPECT_EQ(std::get<Caller>(result).lasting_key_id(), "AKID");

  EXPECT_EQ(refusal(signed_head("{}", "us-east-1", {"SESSION", "session-secret"})), "UnrecognizedClientException");
  EXPECT_EQ(refusal(signed_head("{}", "us-east-1", {"AKID", "secret", "token"})), "UnrecognizedClientException");
  EXPECT_EQ(refusal(signed_head("{}", "us-east-1", {"SESSION", "session-secret", "tokem"})),
            "UnrecognizedClientException");
  EXPECT_EQ(refusal(signed_head("{}", "us-east-1", {"SESSION", "guess", "token"})), "InvalidSignatureException");
  clock_.set(identities_.session_ends);
  EXPECT_EQ(refusal(signed_head("{}", "us-east-1", session)), "ExpiredTokenException");
  EXPECT_EQ(refusal(presigned_head(minutes(1), session)), "ExpiredTokenException");
}

TEST_F(AuthenticatorTest, PresignedQueries) {
  const RequestHead head = presigned_head(minutes(60));
  EXPECT_EQ(refusal(head), "");
  EXPECT_EQ(refusal(presigned_head(minutes(1), {"SESSION", "session-secret", "token"})), "");
  clock_.advance(minutes(59));
  EXPECT_EQ(refusal(head), "") << "longer than a header would last";
  clock_.advance(minutes(2));
  EXPECT_EQ(refusal(head), "InvalidSignatureException");
  EXPECT_EQ(refusal(presigned_head(minutes(1), {"OTHER", "secret"})), "UnrecognizedClientException");
  RequestHead both = presigned_head(minutes(1));
  both.headers.push_back({"Authorization", "AWS4-HMAC-SHA256 Credential=x"});
  EXPECT_EQ(refusal(both), "IncompleteSignatureException");
}

}  // namespace
}  // namespace likeness::api

#include "sigv4/verify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sigv4/sign.h"

namespace likeness::sigv4 {
namespace {

const std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

TEST(SigningKey, IsTheChainOfTheGuide) {
  // AWS General Reference, "Examples of how to derive a signing key for Signature Version 4".
  EXPECT_EQ(to_hex(derive_signing_key(secret, {"20150830", "us-east-1", "iam"})),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

// A signed request whose parts can be changed one at a time.
struct SignedRequest {
  std::string method = "POST";
  std::string target = "/";
  std::string body = R"({"Image":{"Bytes":"YWJj"}})";
  std::string session_token = {};
  std::vector<std::pair<std::string, std::string>> headers = {
      {"Host", "localhost:8080"},
      {"Content-Type", "application/x-amz-json-1.1"},
      {"X-Amz-Target", "RekognitionService.DetectFaces"},
      {"x-custom", "one"},
      {"X-Custom", "two"},
  };

  [[nodiscard]] std::vector<HeaderView> views() const {
    std::vector<HeaderView> result;
    result.reserve(headers.size());
    for (const auto& [name, value] : headers) result.push_back({name, value});
    return result;
  }

  void sign_with(const std::string& key) { sign_over(to_hex(sha256(as_bytes(body))), key); }

  void sign_over(const std::string& payload_hash, const std::string& key) {
    const std::vector<HeaderView> unsigned_headers = views();
    const Time now = *parse_iso8601_basic("20260203T040506Z");
    const SignatureHeaders added = sign({method, target, unsigned_headers}, payload_hash, {"AKID", key, session_token},
                                        "us-east-1", "rekognition", now);
    headers.emplace_back("X-Amz-Date", added.x_amz_date);
    headers.emplace_back("Authorization", added.authorization);
    if (!session_token.empty()) headers.emplace_back("X-Amz-Security-Token", added.x_amz_security_token);
  }

  [[nodiscard]] bool is_valid() const {
    const std::vector<HeaderView> all = views();
    const auto authorization = parse_authorization({method, target, all});
    if (!std::holds_alternative<Authorization>(authorization)) {
      ADD_FAILURE() << std::get<Failure>(authorization).message;
      return false;
    }
    const auto failure =
        verify({method, target, all}, std::get<Authorization>(authorization), sha256(as_bytes(body)), secret);
    EXPECT_TRUE(!failure || failure->kind == FailureKind::signature_mismatch);
    return !failure;
  }

  std::string& value_of(const std::string& name) {
    return std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; })
        ->second;
  }
};

SignedRequest signed_request() {
  SignedRequest request;
  request.sign_with(secret);
  return request;
}

TEST(Verify, AcceptsWhatSignSigned) { EXPECT_TRUE(signed_request().is_valid()); }

TEST(Verify, AcceptsWhatAProxyMayChange) {
  SignedRequest request = signed_request();
  for (auto& [name, value] : request.headers) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  }
  EXPECT_TRUE(request.is_valid()) << "case of header names";
  std::rotate(request.headers.begin(), request.headers.begin() + 1, request.headers.end());
  EXPECT_TRUE(request.is_valid()) << "order of different headers";
  request.headers.emplace_back("X-Forwarded-For", "192.0.2.1");
  EXPECT_TRUE(request.is_valid()) << "a header that is not signed";
  request.value_of("CONTENT-TYPE") = "  application/x-amz-json-1.1\t";
  EXPECT_TRUE(request.is_valid()) << "white space";
}

TEST(Verify, AcceptsRepeatedHeadersJoinedByAProxy) {
  SignedRequest request = signed_request();
  request.value_of("x-custom") = "one,two";
  request.headers.erase(request.headers.begin() + 4);
  EXPECT_TRUE(request.is_valid());
}

TEST(Verify, RefusesAnyChange) {
  const std::vector<void (*)(SignedRequest&)> changes = {
      [](SignedRequest& r) { r.method = "PUT"; },
      [](SignedRequest& r) { r.target = "/admin"; },
      [](SignedRequest& r) { r.target = "/?a=1"; },
      [](SignedRequest& r) { r.body += " "; },
      [](SignedRequest& r) { r.body.clear(); },
      [](SignedRequest& r) { r.value_of("Host") = "example.com"; },
      [](SignedRequest& r) { r.value_of("X-Amz-Target") = "RekognitionService.DeleteCollection"; },
      [](SignedRequest& r) { r.value_of("X-Amz-Date") = "20260203T040507Z"; },
      [](SignedRequest& r) { r.headers.emplace_back("X-Amz-Target", "RekognitionService.DeleteCollection"); },
      [](SignedRequest& r) { std::swap(r.headers[3].second, r.headers[4].second); },
      [](SignedRequest& r) { r.headers.erase(r.headers.begin() + 1); },
      [](SignedRequest& r) { r.value_of("Authorization").back() ^= 1; },
      [](SignedRequest& r) { r.value_of("Authorization").pop_back(); },
      [](SignedRequest& r) { r.value_of("Authorization") += "0"; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SignedRequest request = signed_request();
    changes[i](request);
    EXPECT_FALSE(request.is_valid()) << "change " << i;
  }
}

TEST(Verify, RefusesAnotherSecret) {
  SignedRequest request;
  request.sign_with("another");
  EXPECT_FALSE(request.is_valid());
}

TEST(Verify, ContentSha256MustBeThatOfTheBody) {
  SignedRequest honest;
  honest.headers.emplace_back("X-Amz-Content-Sha256", to_hex(sha256(as_bytes(honest.body))));
  honest.sign_with(secret);
  EXPECT_TRUE(honest.is_valid());
  for (const char* claim : {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "",
                            "unsigned-payload", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}) {
    SignedRequest request;
    request.headers.emplace_back("X-Amz-Content-Sha256", claim);
    request.sign_with(secret);
    EXPECT_FALSE(request.is_valid()) << claim;
  }
}

TEST(Verify, AnUnsignedPayloadMayBeAnything) {
  SignedRequest request;
  request.headers.emplace_back("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
  request.sign_over("UNSIGNED-PAYLOAD", secret);
  EXPECT_TRUE(request.is_valid());
  request.body = "another";
  EXPECT_TRUE(request.is_valid());
  request.value_of("X-Amz-Target") = "RekognitionService.DeleteCollection";
  EXPECT_FALSE(request.is_valid()) << "everything else is covered";
}

TEST(Verify, AHashThatWasSignedIsNotTradedForAnUnsignedPayload) {
  SignedRequest signed_over_body;
  signed_over_body.headers.emplace_back("X-Amz-Content-Sha256", to_hex(sha256(as_bytes(signed_over_body.body))));
  signed_over_body.sign_with(secret);
  signed_over_body.value_of("X-Amz-Content-Sha256") = "UNSIGNED-PAYLOAD";
  EXPECT_FALSE(signed_over_body.is_valid());
  SignedRequest without_claim;  // in the header's form the body is covered unless the client says otherwise
  without_claim.sign_over("UNSIGNED-PAYLOAD", secret);
  EXPECT_FALSE(without_claim.is_valid());
}

TEST(Verify, ASessionTokenIsCovered) {
  SignedRequest request;
  request.session_token = "token";
  request.sign_with(secret);
  EXPECT_TRUE(request.is_valid());
  request.value_of("X-Amz-Security-Token") = "tokem";
  EXPECT_FALSE(request.is_valid());
}

}  // namespace
}  // namespace likeness::sigv4

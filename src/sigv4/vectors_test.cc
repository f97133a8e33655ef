// The cases of tests/sigv4/vectors.txt, whose values tests/sigv4/test_against_botocore.py compares with botocore's.
// vectors.py says what a line of the file means.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "sigv4/canonical_request.h"
#include "sigv4/naive_canonical_request.h"
#include "sigv4/presigned_query.h"
#include "sigv4/signing_key.h"
#include "sigv4/verify.h"

namespace likeness::sigv4 {
namespace {

const std::string key = "AKIDEXAMPLE";
const std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const std::string date = "20260203T040506Z";
const Scope scope = {"20260203", "us-east-1", "rekognition"};

struct Vector {
  std::string name;
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> unsigned_headers;
  std::string payload = "hash";
  std::string body;
  bool presigned = false;
  std::string refused;
  std::string canonical;
  std::string signature;
};

std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result.push_back(text[i]);
    } else if (text[++i] == 'x') {
      result.push_back(static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)));
      i += 2;
    } else {
      result.push_back(text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i]);
    }
  }
  return result;
}

void read_line(Vector& vector, const std::string& word, const std::string& rest) {
  const auto header = [&] {
    const std::size_t colon = rest.find(": ");
    return std::pair(rest.substr(0, colon), rest.substr(colon + 2));
  };
  if (word == "header") vector.headers.push_back(header());
  if (word == "unsigned") vector.unsigned_headers.push_back(header());
  if (word == "presigned") vector.presigned = true;
  for (auto [name, field] : {std::pair("method", &Vector::method), std::pair("target", &Vector::target),
                             std::pair("payload", &Vector::payload), std::pair("body", &Vector::body),
                             std::pair("refused", &Vector::refused), std::pair("canonical", &Vector::canonical),
                             std::pair("signature", &Vector::signature)}) {
    if (word == name) vector.*field = rest;
  }
}

std::vector<Vector> read_vectors() {
  std::ifstream file(std::string(LIKENESS_SOURCE_DIR) + "/tests/sigv4/vectors.txt");
  std::vector<Vector> vectors;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t space = line.find(' ');
    const std::string word = line.substr(0, space);
    if (word == "case") {
      vectors.emplace_back().name = line.substr(space + 1);
    } else {
      read_line(vectors.back(), word, unescaped(line.substr(space + 1)));
    }
  }
  return vectors;
}

std::vector<std::string> names_of(const Vector& vector) {
  std::vector<std::string> names;
  for (const auto& [name, value] : vector.headers) names.push_back(to_lower(name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string authorization_of(const Vector& vector) {
  std::string names;
  for (const std::string& name : names_of(vector)) names += (names.empty() ? "" : ";") + name;
  return std::string(algorithm) + " Credential=" + key + "/" + scope.text() + ", SignedHeaders=" + names +
         ", Signature=" + vector.signature;
}

TEST(Vectors, CanonicalRequestsAndSignatures) {
  const std::vector<Vector> vectors = read_vectors();
  ASSERT_GT(vectors.size(), 40U);
  for (const Vector& vector : vectors) {
    std::vector<HeaderView> headers;
    for (const auto& [name, value] : vector.headers) headers.push_back({name, value});
    const RequestView request = {vector.method, vector.target, headers};
    const std::string hash = vector.payload == "unsigned" ? "UNSIGNED-PAYLOAD" : to_hex(sha256(as_bytes(vector.body)));
    const std::string omitted(vector.presigned ? signature_parameter : "");
    EXPECT_EQ(canonical_request(request, names_of(vector), hash, omitted), vector.canonical) << vector.name;
    EXPECT_EQ(naive::canonical_request(request, names_of(vector), hash, omitted), vector.canonical) << vector.name;
    EXPECT_EQ(signature(vector.canonical, *parse_iso8601_basic(date), scope, secret), vector.signature) << vector.name;
  }
}

TEST(Vectors, AreAcceptedAsARequest) {
  for (const Vector& vector : read_vectors()) {
    const std::string authorization = authorization_of(vector);
    std::vector<HeaderView> headers;
    for (const auto& [name, value] : vector.headers) headers.push_back({name, value});
    for (const auto& [name, value] : vector.unsigned_headers) headers.push_back({name, value});
    if (!vector.presigned) headers.push_back({"Authorization", authorization});
    const RequestView request = {vector.method, vector.target, headers};
    const auto parsed = parse_authorization(request);
    if (!vector.refused.empty()) {
      ASSERT_TRUE(std::holds_alternative<Failure>(parsed)) << vector.name;
      EXPECT_EQ(vector.refused, "signature_mismatch") << "the one kind that a case of the file has";
      EXPECT_EQ(std::get<Failure>(parsed).kind, FailureKind::signature_mismatch) << vector.name;
      continue;
    }
    ASSERT_TRUE(std::holds_alternative<Authorization>(parsed)) << vector.name << std::get<Failure>(parsed).message;
    const auto& claim = std::get<Authorization>(parsed);
    EXPECT_EQ(claim.presigned, vector.presigned) << vector.name;
    EXPECT_FALSE(verify(request, claim, sha256(as_bytes(vector.body)), secret).has_value()) << vector.name;
    EXPECT_TRUE(verify(request, claim, sha256(as_bytes(vector.body)), secret + "x").has_value()) << vector.name;
  }
}

}  // namespace
}  // namespace likeness::sigv4

// For tests of operations: their services over a store in memory, asked as a client asks, in JSON.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "align/face_mesher.h"
#include "api/operations.h"
#include "api/test_caller.h"
#include "base/bytes.h"
#include "detect/face_detector.h"
#include "embed/embedder.h"
#include "store/limits.h"
#include "store/memory/memory_store.h"

namespace likeness::api {

class OperationsFixture : public testing::Test {
 protected:
  // The answer to `body` as the account and region of `caller_`.
  Response call(wire::Operation operation, const std::string& body) {
    return run_operation(operation, body, services_, caller_, [](const void*) { return Result<void>(); });
  }
  // The body of an answer, which must be 200.
  std::string ok(wire::Operation operation, const std::string& body) {
    const Response response = call(operation, body);
    EXPECT_EQ(response.status, 200) << response.body;
    return response.body;
  }
  // The body of an answer, which must be 400 and an error of that code.
  std::string fails(wire::Operation operation, const std::string& body, const std::string& code) {
    const Response response = call(operation, body);
    EXPECT_EQ(response.status, 400) << response.body;
    EXPECT_THAT(response.body, testing::StartsWith(R"({"__type":")" + code + '"'));
    return response.body;
  }

  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  store::MemoryStore store_;
  pipeline::ImageAnalyzer analyzer_{nullptr, nullptr, nullptr};  // no operation here looks at a picture
  gallery::Collections collections_{
      store_, {.embedding_space = "space", .version = "1.2"}, SecretKey(sha256(as_bytes("collections"))), clock_};
  gallery::Users users_{store_, clock_};
  PageTokens page_tokens_{SecretKey(sha256(as_bytes("pages"))), clock_};
  IdempotentCalls idempotent_calls_{SecretKey(sha256(as_bytes("calls"))), store_, clock_};
  Services services_{.analyzer = analyzer_,
                     .collections = collections_,
                     .users = users_,
                     .page_tokens = page_tokens_,
                     .idempotent_calls = idempotent_calls_};
  Caller caller_ = test_caller();
};

// The value of a member that is a text, in a JSON text that has one of that name.
inline std::string text_of(const std::string& json, const std::string& name) {
  const std::string key = '"' + name + "\":\"";
  const std::size_t start = json.find(key);
  if (start == std::string::npos) return {};
  return json.substr(start + key.size(), json.find('"', start + key.size()) - start - key.size());
}

}  // namespace likeness::api

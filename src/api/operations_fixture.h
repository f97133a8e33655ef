// For tests of operations: their services over a store in memory, asked as a client asks, in JSON.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/operations.h"
#include "api/test_caller.h"
#include "base/bytes.h"
#include "gallery/test_gallery.h"
#include "store/limits.h"

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

  gallery::TestDisk disk_;
  gallery::TestGallery gallery_{disk_};
  ManualClock& clock_ = gallery_.clock;
  store::MemoryStore& store_ = disk_.store;
  PageTokens page_tokens_{SecretKey(sha256(as_bytes("pages"))), clock_};
  IdempotentCalls idempotent_calls_{SecretKey(sha256(as_bytes("calls"))), store_, clock_};
  Services services_{.analyzer = gallery_.analyzer,  // no operation here looks at a picture
                     .collections = gallery_.collections,
                     .collection_deletion = *gallery_.deletion,
                     .users = gallery_.users,
                     .faces = *gallery_.faces,
                     .search = *gallery_.search,
                     .associations = *gallery_.associations,
                     .corrections = *gallery_.corrections,
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

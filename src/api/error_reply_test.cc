#include "api/error_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/error_table.h"

namespace likeness::api {
namespace {

Error read_back(int status, const std::string& code) {
  return error_of_reply(status, R"({"__type":")" + code + R"(","message":"says the server"})");
}

TEST(ErrorReply, CodesGiveTheirKindsAndMessages) {
  EXPECT_EQ(read_back(400, "ResourceNotFoundException").kind, ErrorKind::not_found);
  EXPECT_EQ(read_back(400, "ThrottlingException").kind, ErrorKind::overloaded);
  EXPECT_EQ(read_back(400, "ProvisionedThroughputExceededException").kind, ErrorKind::rate_exceeded);
  EXPECT_EQ(read_back(400, "UnrecognizedClientException").kind, ErrorKind::access_denied);
  EXPECT_EQ(read_back(400, "AccessDeniedException").message, "says the server");
}

// Whatever we answer, a client of ours reads it as a kind that has the same code, unless the server itself failed.
TEST(ErrorReply, EveryKindComesBack) {
  for (int i = 0; i < error_kind_count; ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    const Response response = error_response(Error(kind, "m"));
    const Error error = error_of_reply(response.status, response.body);
    if (response.status >= 500) {
      EXPECT_EQ(error.kind, ErrorKind::unavailable) << error_kind_name(kind);
    } else {
      EXPECT_EQ(error_row(error.kind).code, error_row(kind).code) << error_kind_name(kind);
    }
  }
}

TEST(ErrorReply, WhatIsNotOursIsReadByItsStatus) {
  EXPECT_EQ(error_of_reply(503, "<html>busy</html>").kind, ErrorKind::unavailable);
  EXPECT_EQ(error_of_reply(429, "slow down").kind, ErrorKind::overloaded);
  EXPECT_EQ(error_of_reply(404, "<html>none</html>").kind, ErrorKind::malformed);
  EXPECT_THAT(error_of_reply(404, "<html>none</html>").message, testing::HasSubstr("none"));
  EXPECT_EQ(error_of_reply(400, R"({"__type":7})").kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace likeness::api

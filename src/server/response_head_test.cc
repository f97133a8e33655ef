#include "server/response_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace likeness::server {
namespace {

using testing::HasSubstr;
using testing::Not;

const Time now = *parse_iso8601_basic("20260203T040506Z");

TEST(ResponseHead, HasWhatEveryAnswerHas) {
  api::Response response;
  response.body = "{}";
  EXPECT_EQ(response_head(response, "id-1", true, now),
            "HTTP/1.1 200 OK\r\nDate: Tue, 03 Feb 2026 04:05:06 GMT\r\nContent-Type: application/x-amz-json-1.1\r\n"
            "Content-Length: 2\r\nConnection: keep-alive\r\nx-amzn-RequestId: id-1\r\n\r\n");
}

TEST(ResponseHead, SaysThatItCloses) {
  api::Response response;
  response.status = 400;
  response.headers = {{"Retry-After", "1"}};
  const std::string head = response_head(response, "id-1", false, now);
  EXPECT_THAT(head, HasSubstr("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(head, HasSubstr("Retry-After: 1\r\n\r\n"));
}

TEST(ResponseHead, LeavesOutWhatWouldStartAnotherHeader) {
  api::Response response;
  response.headers = {{"X-Evil", "1\r\nSet-Cookie: stolen=1"},
                      {"X-Evil: 1\r\nSet-Cookie", "stolen"},
                      {"", "empty"},
                      {"X-Nul", std::string(1, '\0')},
                      {"X-Good", "fine\tvalue"}};
  const std::string head = response_head(response, "id-1", true, now);
  EXPECT_THAT(head, Not(HasSubstr("Set-Cookie")));
  EXPECT_THAT(head, Not(HasSubstr("X-Nul")));
  EXPECT_THAT(head, HasSubstr("X-Good: fine\tvalue\r\n"));
}

}  // namespace
}  // namespace likeness::server

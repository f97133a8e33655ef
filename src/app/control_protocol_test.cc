#include "app/control_protocol.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace likeness::app {
namespace {

ControlRequest example() {
  return {.command = "keys create",
          .arguments = {{"policy", {"search", "enroll"}}, {"note", {""}}, {"odd", {std::string("a\0\n\xFF", 4)}}}};
}

ByteSpan without_head(const Bytes& frame) { return ByteSpan(frame).subspan(frame_head_bytes); }

TEST(ControlProtocol, CarriesRequestsAndAnswers) {
  const Bytes frame = *encode(example());
  EXPECT_EQ(*decode_head(ByteSpan(frame).first(frame_head_bytes)), frame.size() - frame_head_bytes);
  EXPECT_EQ(*decode_request(without_head(frame)), example());
  EXPECT_EQ(decode_request(without_head(frame))->value("policy"), "search");
  EXPECT_EQ(decode_request(without_head(frame))->value("absent"), "");
  for (const bool ok : {true, false}) {
    const Bytes answer = *encode(ControlAnswer{.ok = ok, .text = "text"});
    EXPECT_EQ(decode_answer(without_head(answer))->ok, ok);
    EXPECT_EQ(decode_answer(without_head(answer))->text, "text");
  }
}

TEST(ControlProtocol, RefusesEveryCutAndExtension) {
  const Bytes frame = *encode(example());
  const ByteSpan rest = without_head(frame);
  int whole_pairs = 0;  // a cut behind a pair is a request of its own, which the head's length rules out
  for (std::size_t length = 0; length < rest.size(); ++length) {
    whole_pairs += decode_request(rest.first(length)).ok() ? 1 : 0;
  }
  EXPECT_EQ(whole_pairs, 4);
  Bytes longer(rest.begin(), rest.end());
  longer.push_back(0);
  EXPECT_FALSE(decode_request(longer).ok());
  EXPECT_FALSE(decode_request({}).ok());
  EXPECT_FALSE(decode_answer(rest).ok());
}

TEST(ControlProtocol, RefusesHeadsThatAreNone) {
  const Bytes frame = *encode(example());
  Bytes head(frame.begin(), frame.begin() + frame_head_bytes);
  EXPECT_TRUE(decode_head(head).ok());
  EXPECT_FALSE(decode_head(ByteSpan(head).first(7)).ok());
  head[4] = 0xFF;
  EXPECT_FALSE(decode_head(head).ok()) << "4 GiB";
  head[4] = 0;
  head[3] = '2';
  EXPECT_FALSE(decode_head(head).ok()) << "another version";
}

TEST(ControlProtocol, IsBounded) {
  ControlRequest request{.command = "x", .arguments = {{"name", std::vector<std::string>(511, "v")}}};
  EXPECT_TRUE(encode(request).ok());
  request.arguments["name"].emplace_back("v");
  EXPECT_EQ(encode(request).error().kind, ErrorKind::limit_exceeded);
  EXPECT_EQ(encode(ControlAnswer{.ok = true, .text = std::string(max_frame_bytes, 'a')}).error().kind,
            ErrorKind::limit_exceeded);
  const Bytes empties(4 * (max_frame_texts + 1), 0);
  EXPECT_FALSE(decode_request(empties).ok());
}

}  // namespace
}  // namespace likeness::app

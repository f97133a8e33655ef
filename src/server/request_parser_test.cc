#include "server/request_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace likeness::server {
namespace {

using Progress = RequestParser::Progress;

constexpr std::uint64_t body_limit = 1000;

// Feeds `text` in pieces of `piece` bytes until one request is complete or something is wrong.
class Feed {
 public:
  explicit Feed(std::string text, std::size_t piece = 1U << 20U) : text_(std::move(text)), piece_(piece) {}

  Progress run(RequestParser& parser) {
    Progress progress = advance(parser);
    while (progress == Progress::need_more && !text_.empty()) {
      const std::span<char> room = parser.prepare();
      const std::size_t count = std::min({room.size(), piece_, text_.size()});
      std::copy_n(text_.begin(), count, room.begin());
      text_.erase(0, count);
      parser.commit(count);
      progress = advance(parser);
    }
    return progress;
  }

 private:
  Progress advance(RequestParser& parser) {
    if (!in_body_) {
      const Progress progress = parser.parse_head();
      if (progress != Progress::done) return progress;
      parser.set_body_limit(body_limit);
      in_body_ = true;
    }
    const Progress progress = parser.parse_body();
    if (progress == Progress::done) in_body_ = false;
    return progress;
  }

  std::string text_;
  std::size_t piece_;
  bool in_body_ = false;
};

Progress parse(const std::string& text) {
  RequestParser parser(1024);
  return Feed(text).run(parser);
}

TEST(RequestParser, ReadsHeadAndBodyInPiecesOfAnySize) {
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 4096U}) {
    RequestParser parser(1024);
    Feed feed("POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Custom:  padded \r\nContent-Length: 5\r\n\r\nhello", piece);
    ASSERT_EQ(feed.run(parser), Progress::done) << piece;
    const api::RequestHead head = parser.take_head();
    EXPECT_EQ(head.method, "POST");
    EXPECT_EQ(head.target, "/a?b=c");
    ASSERT_EQ(head.headers.size(), 3U);
    EXPECT_EQ(head.headers[1].name, "X-Custom");
    EXPECT_EQ(head.headers[1].value, "padded");
    EXPECT_EQ(parser.content_length(), 5U);
    EXPECT_EQ(parser.take_body(), "hello");
    EXPECT_TRUE(parser.keep_alive());
    EXPECT_FALSE(parser.has_input());
  }
}

TEST(RequestParser, ReadsChunksExtensionsAndTrailers) {
  for (const std::size_t piece : {1U, 5U, 4096U}) {
    RequestParser parser(1024);
    Feed feed(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n",
        piece);
    ASSERT_EQ(feed.run(parser), Progress::done) << piece;
    EXPECT_EQ(parser.content_length(), std::nullopt);
    EXPECT_EQ(parser.take_body(), "hello world");
  }
}

TEST(RequestParser, KeepsWhatFollowsForTheNextRequest) {
  RequestParser parser(1024);
  Feed feed("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_EQ(feed.run(parser), Progress::done);
  EXPECT_EQ(parser.take_body(), "a");
  parser.next();
  ASSERT_EQ(feed.run(parser), Progress::done);
  EXPECT_EQ(parser.take_head().target, "/2");
}

TEST(RequestParser, KnowsExpectAndConnection) {
  RequestParser parser(1024);
  Feed feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  ASSERT_EQ(feed.run(parser), Progress::done);
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_FALSE(parser.keep_alive());
  RequestParser old(1024);
  ASSERT_EQ(Feed("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").run(old), Progress::done);
  EXPECT_FALSE(old.expects_continue());
  EXPECT_FALSE(old.keep_alive());
}

TEST(RequestParser, RefusesWhatIsNoHttp) {
  const std::vector<std::string> malformed = {
      "\x16\x03\x01\x02\x01",  // the start of a TLS handshake
      "GET\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\nHost: x\n\n",
      "G T / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nX-Custom: a\x01\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nX-Custom: a\rSet-Cookie: b\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
  };
  for (const std::string& text : malformed) EXPECT_EQ(parse(text), Progress::malformed) << text;
}

TEST(RequestParser, RefusesWhatTwoServersCouldReadDifferently) {
  const std::vector<std::string> headers = {
      "Content-Length: 1\r\nContent-Length: 2",
      "Content-Length: -1",
      "Content-Length: +1",
      "Content-Length: 1x",
      "Content-Length: 99999999999999999999999",
      "Content-Length: 1\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nContent-Length: 1",
      "Transfer-Encoding: gzip",
      "Transfer-Encoding: gzip, chunked",
      "Transfer-Encoding: chunked, identity",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: xchunked",
  };
  for (const std::string& header : headers) {
    EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n0\r\n\r\n"), Progress::malformed) << header;
  }
  EXPECT_EQ(parse("POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), Progress::malformed);
}

TEST(RequestParser, RefusesBadChunks) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(parse(head + "fffffffffffffffff\r\n"), Progress::malformed) << "more than 64 bits";
  EXPECT_EQ(parse(head + "ffffffffffffffff\r\n"), Progress::too_large) << "2^64 - 1";
  EXPECT_EQ(parse(head + "g\r\n"), Progress::malformed);
  EXPECT_EQ(parse(head + "-1\r\n"), Progress::malformed);
  EXPECT_EQ(parse(head + "3\r\nabcdef\r\n0\r\n\r\n"), Progress::malformed);
  EXPECT_EQ(parse(head + "1;" + std::string(200000, 'e')), Progress::malformed) << "an endless extension";
  EXPECT_EQ(parse(head + "0\r\n" + std::string(200000, 'e')), Progress::malformed) << "an endless trailer";
}

TEST(RequestParser, BoundsTheHead) {
  EXPECT_EQ(parse("GET /" + std::string(5000, 'a')), Progress::malformed);
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(5000, 'a')), Progress::malformed);
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 500; ++i) many += "X-A: 1\r\n";
  EXPECT_EQ(parse(many), Progress::malformed);
}

TEST(RequestParser, BoundsTheSumOfChunks) {
  std::string text = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 11; ++i) text += "64\r\n" + std::string(100, 'a') + "\r\n";
  EXPECT_EQ(parse(text), Progress::too_large);
}

TEST(RequestParser, DiscardsTheRestAfterALimit) {
  RequestParser parser(1024);
  Feed feed("POST /1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n7d0\r\n" +
            std::string(2000, 'a') + "\r\n0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_EQ(feed.run(parser), Progress::too_large);
  parser.discard_body(5000);
  ASSERT_EQ(parser.parse_body(), Progress::done);
  EXPECT_EQ(parser.body_bytes(), 2003U);
  EXPECT_EQ(parser.take_body(), "");
  parser.next();
  ASSERT_EQ(parser.parse_head(), Progress::done);
  EXPECT_EQ(parser.take_head().target, "/2");
}

}  // namespace
}  // namespace likeness::server

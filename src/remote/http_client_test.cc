#include "remote/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "remote/canned_server.h"
#include "remote/manual_pacer.h"

namespace likeness::remote {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr TransferLimits hundred_bytes{.max_bytes = 100};

std::unique_ptr<HttpClient> make_client(Pacer& pacer, const std::vector<std::string>& allow = {"127.0.0.1"},
                                        const HttpClientOptions& options = {}) {
  return *HttpClient::create(options, *AddressPolicy::parse(allow), pacer);
}

std::string text(BytesSink& sink) {
  const Bytes bytes = sink.take();
  return {bytes.begin(), bytes.end()};
}

TEST(HttpClientTest, TakesABodyAndKeepsTheConnection) {
  const CannedServer server([](const auto&, std::size_t) { return canned("200 OK", "hello", "ETag: \"e\"\r\n"); });
  ManualPacer pacer;
  const auto client = make_client(pacer);
  for (int i = 0; i < 3; ++i) {
    BytesSink sink;
    const Result<HttpResponse> response = client->send(
        {.method = "GET", .url = server.url() + "/a/../b?x=%20", .headers = {{"X-Me", "1"}}}, sink, hundred_bytes);
    ASSERT_TRUE(response.ok()) << response.error().message;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->header("etag"), "\"e\"");
    EXPECT_EQ(response->body_bytes, 5U);
    EXPECT_EQ(text(sink), "hello");
  }
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_THAT(server.requests().front(), testing::StartsWith("GET /a/../b?x=%20 HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests().front(), HasSubstr("X-Me: 1\r\n"));
}

TEST(HttpClientTest, PostSendsItsBodyAndReadsTheAnswer) {
  const CannedServer server([](const std::string& request, std::size_t) {
    return canned("200 OK", request.starts_with("POST ") ? "posted" : "not posted");
  });
  ManualPacer pacer;
  const auto client = make_client(pacer);
  BytesSink sink;
  const std::string body = "{}";
  ASSERT_TRUE(client
                  ->send({.method = "POST",
                          .url = server.url(),
                          .headers = {{"Content-Type", "application/x-amz-json-1.1"}},
                          .body = as_bytes(body)},
                         sink, hundred_bytes)
                  .ok());
  EXPECT_EQ(text(sink), "posted");
  const std::string request = server.requests().front();
  EXPECT_THAT(request, testing::EndsWith("\r\n\r\n{}"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/x-amz-json-1.1\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("urlencoded")));
}

TEST(HttpClientTest, PutSendsItsBodyAndHeadTakesNone) {
  const CannedServer server([](const std::string& request, std::size_t) {
    return request.starts_with("PUT") ? canned("200 OK")
                                      : CannedAnswer{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"};
  });
  ManualPacer pacer;
  const auto client = make_client(pacer);
  BytesSink sink;
  const std::string body(5000, 'b');
  ASSERT_TRUE(client
                  ->send({.method = "PUT",
                          .url = server.url(),
                          .headers = {{"Content-Type", "image/jpeg"}},
                          .body = as_bytes(body)},
                         sink, hundred_bytes)
                  .ok());
  const std::string request = server.requests().front();
  EXPECT_THAT(request, testing::EndsWith("\r\n\r\n" + body));
  EXPECT_THAT(request, HasSubstr("Content-Type: image/jpeg\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("Expect")));
  const Result<HttpResponse> head =
      client->send({.method = "HEAD", .url = server.url(), .headers = {}}, sink, hundred_bytes);
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->content_length(), 99999U);
}

TEST(HttpClientTest, ARedirectIsAnAnswerAndNothingMore) {
  const CannedServer elsewhere([](const auto&, std::size_t) { return canned("200 OK", "secret"); });
  const CannedServer server(
      [&](const auto&, std::size_t) { return canned("302 Found", "", "Location: " + elsewhere.url() + "/\r\n"); });
  ManualPacer pacer;
  BytesSink sink;
  const Result<HttpResponse> response =
      make_client(pacer)->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(elsewhere.connections(), 0U);
}

TEST(HttpClientTest, AddressesAreCheckedAfterTheNameIsResolved) {
  const CannedServer server([](const auto&, std::size_t) { return canned("200 OK", "x"); });
  const std::string port = ":" + std::to_string(server.port());
  ManualPacer pacer;
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
                           "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "[::1]"}) {
    for (const std::vector<std::string>& allow : {std::vector<std::string>{}, std::vector<std::string>{"10.0.0.0/8"},
                                                  std::vector<std::string>{"0.0.0.0/0", "::/0"}}) {
      BytesSink sink;
      const Result<HttpResponse> response =
          make_client(pacer, allow)
              ->send({.method = "GET", .url = std::string("http://") + host + port, .headers = {}}, sink,
                     hundred_bytes);
      ASSERT_FALSE(response.ok()) << host;
      EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
      EXPECT_THAT(response.error().message,
                  testing::AnyOf(HasSubstr("outside the allowed blocks"), HasSubstr("resolve")))
          << host;
    }
  }
  EXPECT_EQ(server.connections(), 0U);
  EXPECT_THAT(pacer.sleeps, SizeIs(0));  // not worth a second try
  BytesSink sink;
  EXPECT_TRUE(make_client(pacer)
                  ->send({.method = "GET", .url = "http://127.1" + port, .headers = {}}, sink, hundred_bytes)
                  .ok());
}

TEST(HttpClientTest, OtherSchemesAreNotSpoken) {
  ManualPacer pacer;
  const auto client = make_client(pacer);
  for (const char* url : {"file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "dict://127.0.0.1/x"}) {
    BytesSink sink;
    EXPECT_FALSE(client->send({.method = "GET", .url = url, .headers = {}}, sink, hundred_bytes).ok()) << url;
    EXPECT_EQ(text(sink), "") << url;
  }
}

TEST(HttpClientTest, ProxiesOfTheEnvironmentAreNotUsed) {
  const CannedServer proxy([](const auto&, std::size_t) { return canned("200 OK", "proxied"); });
  const CannedServer server([](const auto&, std::size_t) { return canned("200 OK", "direct"); });
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) setenv(name, proxy.url().c_str(), 1);
  ManualPacer pacer;
  BytesSink sink;
  EXPECT_TRUE(
      make_client(pacer)->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes).ok());
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) unsetenv(name);
  EXPECT_EQ(text(sink), "direct");
  EXPECT_EQ(proxy.connections(), 0U);
}

TEST(HttpClientTest, TheLimitHoldsForWhatIsAnnouncedAndForWhatComes) {
  std::atomic<int> mode = 0;
  const CannedServer server([&](const auto&, std::size_t) -> CannedAnswer {
    switch (mode) {
      case 0: return {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"};  // no byte of the body ever comes
      case 1: return {.bytes = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", .endless = true};
      case 2: {
        CannedAnswer chunked{.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"};
        for (int i = 0; i < 11; ++i) chunked.bytes += "a\r\n0123456789\r\n";
        return chunked;
      }
      default: return {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", .endless = true};
    }
  });
  ManualPacer pacer;
  const auto client = make_client(pacer);
  for (mode = 0; mode < 4; ++mode) {
    BytesSink sink;
    const Result<HttpResponse> response =
        client->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes);
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().kind, ErrorKind::image_too_large) << mode << response.error().message;
    EXPECT_LE(sink.take().size(), 100U);
  }
  EXPECT_THAT(pacer.sleeps, SizeIs(0));
}

TEST(HttpClientTest, AHeadWithoutEndAndAnEndlessRefusalAreCut) {
  std::atomic<bool> refusal = false;
  const CannedServer server([&](const auto&, std::size_t) -> CannedAnswer {
    if (refusal) return {.bytes = "HTTP/1.1 403 Forbidden\r\n\r\n<Code>No</Code>", .endless = true};
    std::string head = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 4000; ++i) head += "X-Filler: 0123456789\r\n";
    return {.bytes = head};
  });
  ManualPacer pacer;
  const auto client = make_client(pacer);
  BytesSink sink;
  const Result<HttpResponse> endless =
      client->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes);
  ASSERT_FALSE(endless.ok());
  EXPECT_EQ(endless.error().kind, ErrorKind::unavailable);
  refusal = true;
  const Result<HttpResponse> refused =
      client->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes);
  ASSERT_TRUE(refused.ok()) << refused.error().message;
  EXPECT_EQ(refused->status, 403);
  EXPECT_EQ(refused->refusal.size(), 4096U);
  EXPECT_THAT(refused->refusal, testing::StartsWith("<Code>No</Code>"));
}

TEST(HttpClientTest, PassingTroubleIsTriedAgainWithPausesThatDoubleAndAreDrawn) {
  const CannedServer server([](const auto&, std::size_t number) {
    return number < 2 ? canned("500 Oops", "<Code>InternalError</Code>") : canned("200 OK", "fine");
  });
  ManualPacer pacer;
  BytesSink sink;
  const Result<HttpResponse> response =
      make_client(pacer)->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->attempts, 3);
  EXPECT_EQ(text(sink), "fine");
  EXPECT_THAT(pacer.sleeps, testing::ElementsAre(std::chrono::milliseconds(50), std::chrono::milliseconds(100)));
}

TEST(HttpClientTest, RetriesEndWithTheLastAnswerAndRefusalsAreNotRetried) {
  std::atomic<int> status = 503;
  const CannedServer server([&](const auto&, std::size_t) { return canned(std::to_string(status) + " No"); });
  ManualPacer pacer;
  const auto client = make_client(pacer);
  BytesSink sink;
  EXPECT_EQ(client->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes)->status, 503);
  EXPECT_THAT(server.requests(), SizeIs(3));
  for (const int other : {400, 403, 404, 501, 301}) {
    status = other;
    const std::size_t before = server.requests().size();
    EXPECT_EQ(client->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes)->status, other);
    EXPECT_THAT(server.requests(), SizeIs(before + 1)) << other;
  }
}

TEST(HttpClientTest, TheDeadlineIsOverEverythingPausesIncluded) {
  const CannedServer server([](const auto&, std::size_t) { return canned("503 No"); });
  ManualPacer pacer;
  pacer.next_chance = 0.99;
  BytesSink sink;
  const TransferLimits short_limits{.max_bytes = 100, .deadline = std::chrono::milliseconds(150)};
  EXPECT_EQ(make_client(pacer)->send({.method = "GET", .url = server.url(), .headers = {}}, sink, short_limits)->status,
            503);
  EXPECT_THAT(server.requests(), SizeIs(2));  // the second pause would have ended behind it
}

TEST(HttpClientTest, ABodyThatEndsEarlyStartsOverWhereTheSinkCan) {
  const CannedServer server([](const auto&, std::size_t number) -> CannedAnswer {
    if (number == 0) return {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234", .close = true};
    return canned("200 OK", "0123456789");
  });
  ManualPacer pacer;
  BytesSink sink;
  ASSERT_TRUE(
      make_client(pacer)->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes).ok());
  EXPECT_EQ(text(sink), "0123456789");

  const CannedServer broken([](const auto&, std::size_t) -> CannedAnswer {
    return {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234", .close = true};
  });
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  FileSink pipe(ends[1]);
  const Result<HttpResponse> response =
      make_client(pacer)->send({.method = "GET", .url = broken.url(), .headers = {}}, pipe, hundred_bytes);
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(broken.requests(), SizeIs(1));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(HttpClientTest, ASinkThatFailsEndsTheDownload) {
  class FullSink final : public Sink {
    [[nodiscard]] Result<void> write(ByteSpan) override { return Error(ErrorKind::unavailable, "disk full"); }
    [[nodiscard]] bool restart() override { return true; }
  };
  const CannedServer server([](const auto&, std::size_t) { return canned("200 OK", "x"); });
  ManualPacer pacer;
  FullSink sink;
  const Result<HttpResponse> response =
      make_client(pacer)->send({.method = "GET", .url = server.url(), .headers = {}}, sink, hundred_bytes);
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().message, "disk full");
  EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST(HttpClientTest, NothingListensAndNothingAnswers) {
  ManualPacer pacer;
  std::uint16_t port = 0;
  {
    const CannedServer gone([](const auto&, std::size_t) { return canned("200 OK"); });
    port = gone.port();
  }
  BytesSink sink;
  const Result<HttpResponse> refused = make_client(pacer)->send(
      {.method = "GET", .url = "http://127.0.0.1:" + std::to_string(port), .headers = {}}, sink, hundred_bytes);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(pacer.sleeps, SizeIs(2));

  const CannedServer silent([](const auto&, std::size_t) { return CannedAnswer{}; });
  const Result<HttpResponse> timeout = make_client(pacer, {"127.0.0.1"}, {.attempts = 1})
                                           ->send({.method = "GET", .url = silent.url(), .headers = {}}, sink,
                                                  {.max_bytes = 100, .deadline = std::chrono::milliseconds(50)});
  ASSERT_FALSE(timeout.ok());
  EXPECT_EQ(timeout.error().kind, ErrorKind::unavailable);
}

TEST(HttpClientTest, ManyThreadsShareOne) {
  const CannedServer server([](const std::string& request, std::size_t) {
    return canned("200 OK", request.substr(5, request.find(' ', 5) - 5));
  });
  SystemPacer pacer;
  const auto client = make_client(pacer);
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string name = std::to_string(t) + "-" + std::to_string(i);
        BytesSink sink;
        const Result<HttpResponse> response =
            client->send({.method = "GET", .url = server.url() + "/" + name, .headers = {}}, sink, hundred_bytes);
        if (response.ok() && text(sink) == name) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 160);
  EXPECT_LE(server.connections(), 8U);
}

TEST(HttpClientTest, RequestsWithControlCharactersAreNotSent) {
  ManualPacer pacer;
  const auto client = make_client(pacer);
  BytesSink sink;
  EXPECT_EQ(
      client
          ->send({.method = "GET", .url = "http://127.0.0.1:1/", .headers = {{"X", "a\r\nY: b"}}}, sink, hundred_bytes)
          .error()
          .kind,
      ErrorKind::internal);
  EXPECT_EQ(
      client->send({.method = "DELETE", .url = "http://127.0.0.1:1/", .headers = {}}, sink, hundred_bytes).error().kind,
      ErrorKind::internal);
}

TEST(HttpClientTest, OptionsOutOfRangeAreRefused) {
  ManualPacer pacer;
  EXPECT_FALSE(HttpClient::create({.attempts = 0}, AddressPolicy({}), pacer).ok());
  EXPECT_EQ(HttpClient::create({.ca_file = "/nowhere.pem"}, AddressPolicy({}), pacer).error().kind,
            ErrorKind::unavailable);
}

}  // namespace
}  // namespace likeness::remote

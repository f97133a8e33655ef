#include "server/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "server/metrics_service.h"
#include "server/server_fixture.h"

namespace likeness::server {
namespace {

using testing::HasSubstr;

using HttpServerTest = ServerTest;

TEST_F(HttpServerTest, ServesRequestsOnOneConnection) {
  start();
  TestClient client = connect();
  std::set<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client.exchange(post("hello"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "5");
    EXPECT_EQ(answer.headers.at("Connection"), "keep-alive");
    EXPECT_EQ(answer.headers.at("Date"), "Tue, 03 Feb 2026 04:05:06 GMT");
    ids.insert(answer.headers.at("x-amzn-RequestId"));
  }
  EXPECT_EQ(ids.size(), 3U);
}

TEST_F(HttpServerTest, GivesTheServiceWhatTheClientSent) {
  api::RequestHead seen;
  service_.on_handle = [&](const api::RequestHead& head, const std::string& body) {
    seen = head;
    return text_response(200, body);
  };
  start();
  const Answer answer =
      connect().exchange(post("hello", "X-Amz-Target:  a.B \r\nx-custom: 1\r\nX-Custom: 2\r\n", "/p?q=1"));
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/p?q=1");
  EXPECT_EQ(seen.peer, "127.0.0.1");
  EXPECT_EQ(seen.request_id, answer.headers.at("x-amzn-RequestId"));
  ASSERT_EQ(seen.headers.size(), 5U);
  EXPECT_EQ(seen.headers[2].name, "X-Amz-Target");
  EXPECT_EQ(seen.headers[2].value, "a.B");
  EXPECT_EQ(seen.headers[4].name, "X-Custom");
}

TEST_F(HttpServerTest, ClosesWhenTheClientSaysSo) {
  start();
  TestClient client = connect();
  const Answer answer = client.exchange(post("hello", "Connection: close\r\n"));
  EXPECT_EQ(answer.headers.at("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  TestClient old = connect();
  EXPECT_EQ(old.exchange("GET /healthz HTTP/1.0\r\n\r\n").headers.at("Connection"), "close");
  EXPECT_TRUE(old.is_closed());
}

TEST_F(HttpServerTest, ServesPipelinedRequestsInOrder) {
  service_.on_handle = [](const api::RequestHead& head, const std::string&) { return text_response(200, head.target); };
  start();
  TestClient client = connect();
  std::string all;
  for (int i = 0; i < 20; ++i) all += post("body", "", "/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.receive().body, "/" + std::to_string(i));
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  start();
  TestClient client = connect();
  const std::string head = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.exchange(head + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n").body, "11");
  EXPECT_EQ(client.exchange(head + "0\r\n\r\n").body, "0");
}

TEST_F(HttpServerTest, ReadsBodiesLargerThanItsBuffers) {
  service_.on_handle = [](const api::RequestHead&, std::string body) { return text_response(200, std::move(body)); };
  start();
  std::string body;
  for (int i = 0; body.size() < 14'000'000; ++i) body += std::to_string(i) + ",";
  TestClient client = connect();
  EXPECT_EQ(client.exchange(post(body)).body, body);
  EXPECT_EQ(client.exchange(post("x")).body, "x");
}

TEST_F(HttpServerTest, SendsContinueOnlyToWhoWaitsForIt) {
  start();
  TestClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  EXPECT_EQ(client.exchange("hello").body, "5");
  EXPECT_EQ(client.exchange(post("", "Expect: 100-continue\r\n")).status, 200);
}

TEST_F(HttpServerTest, RefusesInsteadOfContinuing) {
  service_.on_admit = [](const api::RequestHead&) { return text_response(403, "no"); };
  start();
  TestClient client = connect();
  const Answer answer =
      client.exchange("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.headers.at("Connection"), "close") << "the client may send the body or not";
  EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpServerTest, AnswersHealthWithoutTheService) {
  service_.on_admit = [](const api::RequestHead&) { return text_response(403, "no"); };
  service_.is_ready = false;
  start();
  TestClient client = connect();
  const auto get = [](const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; };
  const Answer alive = client.exchange(get("/healthz"));
  EXPECT_EQ(alive.status, 200);
  EXPECT_EQ(alive.body, "ok\n");
  EXPECT_EQ(alive.headers.count("x-amzn-RequestId"), 1U);
  EXPECT_EQ(client.exchange(get("/readyz")).status, 503);
  service_.is_ready = true;
  EXPECT_EQ(client.exchange(get("/readyz")).status, 200);
  EXPECT_EQ(client.exchange(get("/healthzz")).status, 403);
  EXPECT_EQ(client.exchange(post("", "", "/healthz")).status, 403);
  EXPECT_EQ(service_.handled, 0);
}

TEST_F(HttpServerTest, AnswersHeadWithoutBody) {
  start();
  TestClient client = connect();
  client.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const Answer answer = client.receive(false);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("Content-Length"), "3");
  EXPECT_EQ(client.exchange(post("hello")).body, "5") << "nothing was left in between";
}

TEST_F(HttpServerTest, KeepsEveryConnectionApart) {
  service_.on_handle = [](const api::RequestHead&, std::string body) { return text_response(200, std::move(body)); };
  options_.io_threads = 2;
  start(2, 64);
  std::vector<std::thread> clients;
  clients.reserve(8);
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([this, i] {
      TestClient client = connect();
      for (int round = 0; round < 50; ++round) {
        const std::string body = std::string(static_cast<std::size_t>(round) * 997, 'a') + std::to_string(i);
        EXPECT_EQ(client.exchange(post(body)).body, body);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  wait_until([&] { return metric("likeness_http_requests_total", "2xx") == 400; });  // counted after the answer
  EXPECT_EQ(metric("likeness_http_body_bytes"), 0);
}

TEST_F(HttpServerTest, RefusesWhatIsNoHttpWithAnAnswer) {
  start();
  const std::vector<std::string> malformed = {
      "\x16\x03\x01\x02\x01\r\n\r\n",
      "GET / HTTP/3.0\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: nine\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rX-Evil: c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + std::string(20000, 'x') + "\r\n\r\n",
  };
  for (const std::string& text : malformed) {
    TestClient client = connect();
    Answer answer = client.exchange(text);
    EXPECT_EQ(answer.status, 400) << text;
    EXPECT_EQ(answer.body, "malformed");
    EXPECT_EQ(answer.headers["Connection"], "close");
    EXPECT_EQ(answer.headers.count("x-amzn-RequestId"), 1U);
    EXPECT_TRUE(client.is_closed());
  }
  EXPECT_EQ(connect().exchange(post("hello")).status, 200);
  EXPECT_EQ(service_.handled, 1);
  EXPECT_EQ(metric("likeness_http_refused_total", "malformed"), static_cast<double>(malformed.size()));
}

TEST_F(HttpServerTest, DoesNotLetEscapesBecomeHeaders) {
  service_.on_handle = [](const api::RequestHead& head, const std::string&) {
    api::Response response = text_response(200, "");
    response.headers = {{"X-Echo", head.target}, {"X-Evil", "a\r\nSet-Cookie: b"}};
    return response;
  };
  start();
  Answer answer = connect().exchange(post("", "", "/%0d%0aSet-Cookie:%20a=b"));
  EXPECT_EQ(answer.headers["X-Echo"], "/%0d%0aSet-Cookie:%20a=b");
  EXPECT_EQ(answer.headers.count("Set-Cookie"), 0U);
  EXPECT_EQ(answer.headers.count("X-Evil"), 0U);
}

TEST_F(HttpServerTest, LogsNothingSecret) {
  const std::string path = testing::TempDir() + "likeness_server_test.log";
  (void)std::remove(path.c_str());
  log_ = std::move(Logger::to_file(path, LogLevel::info)).value();
  start();
  connect().exchange(post("picture", "Authorization: AWS4-secret\r\n", "/path?token=secret"));
  server_->stop();
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr(R"("method":"POST","path":"/path","operation":"none","status":200)"));
  EXPECT_THAT(text, HasSubstr(R"("bytes_in":7)"));
  EXPECT_THAT(text, testing::Not(testing::AnyOf(HasSubstr("secret"), HasSubstr("picture"))));
}

TEST_F(HttpServerTest, LogsTheCauseThatTheClientIsNotTold) {
  const std::string path = testing::TempDir() + "likeness_server_cause_test.log";
  (void)std::remove(path.c_str());
  log_ = std::move(Logger::to_file(path, LogLevel::error)).value();
  service_.on_handle = [](const api::RequestHead& /*head*/, std::string body) {
    api::Response response = text_response(body == "bad" ? 500 : 200, "answer");
    if (body == "bad") response.cause = "the disk is full";
    return response;
  };
  start();
  connect().exchange(post("good"));
  const Answer answer = connect().exchange(post("bad"));
  EXPECT_EQ(answer.body, "answer");
  server_->stop();
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr(R"("event":"request_failed","id":")"));
  EXPECT_THAT(text, HasSubstr(R"("cause":"the disk is full")"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

TEST_F(HttpServerTest, ServesMetricsOnAListenerOfTheirOwn) {
  start();
  connect().exchange(post("hello"));
  MetricsService service(metrics_);
  HttpServerOptions options;
  options.name = "metrics";
  HttpServer listener = std::move(HttpServer::create(options, service, *pool_, clock_, log_, metrics_)).value();
  listener.start();
  TestClient client(listener.port());
  const Answer answer = client.exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.headers.at("Content-Type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(answer.body, HasSubstr("likeness_http_requests_total"));
  EXPECT_THAT(answer.body, HasSubstr("likeness_http_queue_seconds_bucket"));
  EXPECT_EQ(client.exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 404);
  EXPECT_EQ(client.exchange(post("hello", "", "/metrics")).status, 405);
}

TEST_F(HttpServerTest, CountsOperationsAndTheirErrors) {
  service_.on_handle = [](const api::RequestHead&, const std::string&) {
    api::Response response = text_response(400, "");
    response.operation = "DetectFaces";
    response.error_label = "invalid_image";
    return response;
  };
  start();
  TestClient client = connect();
  client.exchange(post(""));
  client.exchange(post(""));
  client.exchange(post(""));  // the second one is counted when the third is answered
  EXPECT_GE(metric("likeness_operations_total", R"(operation="DetectFaces")"), 2);
}

TEST_F(HttpServerTest, CreateSaysWhatIsWrong) {
  start();
  HttpServerOptions options;
  options.port = server_->port();
  EXPECT_EQ(HttpServer::create(options, service_, *pool_, clock_, log_, metrics_).error().kind, ErrorKind::unavailable);
  options = {};
  options.address = "localhost";
  EXPECT_EQ(HttpServer::create(options, service_, *pool_, clock_, log_, metrics_).error().kind,
            ErrorKind::invalid_argument);
  options = {};
  options.body_budget_bytes = options.max_body_bytes - 1;
  EXPECT_EQ(HttpServer::create(options, service_, *pool_, clock_, log_, metrics_).error().kind,
            ErrorKind::invalid_argument);
  EXPECT_EQ(server_->endpoint(), "127.0.0.1:" + std::to_string(server_->port()));
}

}  // namespace
}  // namespace likeness::server

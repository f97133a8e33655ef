// What a server does when a client, or all of them together, want too much.
#include <gtest/gtest.h>

#include <cstdint>
#include <list>

#include "server/peer_key.h"
#include "server/server_fixture.h"

namespace likeness::server {
namespace {

class HttpLimitsTest : public ServerTest {
 protected:
  // Requests to /wait are held in handle() until the gate opens.
  HttpLimitsTest() {
    service_.on_handle = [this](const api::RequestHead& head, const std::string& body) {
      if (head.target == "/wait") gate_.pass();
      return text_response(200, std::to_string(body.size()));
    };
  }
  ~HttpLimitsTest() override { gate_.open(); }

  Gate gate_;
};

std::string twenty_megabytes() {
  std::string text;
  text.resize(20'000'000, 'a');
  return text;
}

const std::string chunked_head = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(HttpLimitsTest, RefusesATooLongBodyByItsLengthAndKeepsTheConnection) {
  options_.max_body_bytes = 1000;
  start();
  TestClient client = connect();
  EXPECT_EQ(client.exchange(post(std::string(1000, 'a'))).body, "1000");
  const Answer answer = client.exchange(post(std::string(1001, 'a')));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "image_too_large");
  EXPECT_EQ(answer.headers.at("Connection"), "keep-alive");
  EXPECT_EQ(client.exchange(post("hello")).body, "5");
  wait_until([&] { return metric("likeness_http_refused_total", "body_too_large") == 1; });
}

TEST_F(HttpLimitsTest, RefusesATooLongBodyWhileReading) {
  options_.max_body_bytes = 1000;
  start();
  TestClient client = connect();
  std::string chunks;
  for (int i = 0; i < 11; ++i) chunks += "64\r\n" + std::string(100, 'a') + "\r\n";
  EXPECT_EQ(client.exchange(chunked_head + chunks + "0\r\n\r\n").body, "image_too_large");
  EXPECT_EQ(client.exchange(post("hello")).body, "5");
  EXPECT_EQ(client.exchange(chunked_head + "ffffffffffffffff\r\n").body, "image_too_large");
  EXPECT_EQ(service_.handled, 1);
}

TEST_F(HttpLimitsTest, TwentyMegabytesAreRefusedWithAnAnswerAndNoReset) {
  start();
  const std::string request = post(twenty_megabytes());
  TestClient client = connect();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(request)) << "the whole body is taken";
    EXPECT_EQ(client.receive().body, "image_too_large");
  }
  EXPECT_EQ(metric("likeness_http_body_bytes"), 0);
}

TEST_F(HttpLimitsTest, ARefusalByTheServiceIsSeenByAClientThatIsStillSending) {
  service_.on_admit = [](const api::RequestHead&) { return text_response(403, "no"); };
  start();
  TestClient client = connect();
  ASSERT_TRUE(client.send(post(twenty_megabytes())));
  EXPECT_EQ(client.receive().status, 403);
  ASSERT_TRUE(client.send(post(std::string(10, 'a'))));
  EXPECT_EQ(client.receive().status, 403) << "on the same connection";
}

TEST_F(HttpLimitsTest, ClosesRatherThanDrainingWithoutEnd) {
  options_.max_drain_bytes = 100'000;
  service_.on_admit = [](const api::RequestHead&) { return text_response(403, "no"); };
  start();
  TestClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100001\r\n\r\n");
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.headers.at("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpLimitsTest, ByteBudgetIsHeldFromTheLengthUntilTheAnswer) {
  options_.max_body_bytes = 1000;
  options_.body_budget_bytes = 1500;
  start();
  TestClient first = connect();
  first.send(post(std::string(1000, 'a'), "", "/wait"));
  gate_.wait_for_arrivals(1);

  TestClient second = connect();
  const Answer refused = second.exchange(post(std::string(600, 'b')));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body, "overloaded");
  EXPECT_EQ(second.exchange(post(std::string(500, 'b'))).body, "500") << "it fits beside the first";
  EXPECT_EQ(second.exchange(chunked_head + "258\r\n" + std::string(600, 'b') + "\r\n0\r\n\r\n").body, "overloaded");

  gate_.open();
  EXPECT_EQ(first.receive().body, "1000");
  EXPECT_EQ(second.exchange(post(std::string(600, 'b'))).body, "600");
  wait_until([&] { return metric("likeness_http_refused_total", "body_budget") == 2; });
}

TEST_F(HttpLimitsTest, FullQueueRefusesAtOnceAndKeepsTheConnection) {
  start(1, 1);
  TestClient running = connect();
  running.send(post("1", "", "/wait"));
  gate_.wait_for_arrivals(1);
  TestClient waiting = connect();
  waiting.send(post("22", "", "/wait"));
  wait_until([&] { return pool_->waiting() == 1; });

  TestClient refused = connect();
  const Answer answer = refused.exchange(post("333"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "overloaded");
  EXPECT_EQ(answer.headers.at("Connection"), "keep-alive");
  const std::string get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  EXPECT_EQ(refused.exchange(get).status, 200) << "health does not wait";

  EXPECT_EQ(answer.headers.at("Retry-After"), "1");
  ASSERT_TRUE(refused.send(post(twenty_megabytes())));
  EXPECT_EQ(refused.receive().body, "overloaded") << "told before the body is looked at";

  gate_.open();
  EXPECT_EQ(running.receive().body, "1");
  EXPECT_EQ(waiting.receive().body, "2");
  EXPECT_EQ(refused.exchange(post("333")).body, "3");
  wait_until([&] { return metric("likeness_http_refused_total", "queue") == 2; });
}

TEST_F(HttpLimitsTest, RefusesWhenTheWaitWouldBeTooLong) {
  options_.max_expected_wait = std::chrono::milliseconds(0);
  start(1, 16);
  TestClient running = connect();
  EXPECT_EQ(running.exchange(post("1")).status, 200) << "now the pool knows how long a request takes";
  running.send(post("1", "", "/wait"));
  gate_.wait_for_arrivals(1);
  TestClient waiting = connect();
  waiting.send(post("22"));
  wait_until([&] { return pool_->waiting() == 1; });
  EXPECT_EQ(connect().exchange(post("333")).body, "overloaded");
  wait_until([&] { return metric("likeness_http_refused_total", "expected_wait") == 1; });
  gate_.open();
  EXPECT_EQ(waiting.receive().body, "2");
}

TEST_F(HttpLimitsTest, ClassesOfWorkWaitApart) {
  service_.on_class = [](const api::RequestHead& head) {
    return head.target == "/batch" ? WorkClass::batch : WorkClass::interactive;
  };
  start(1, 1);
  TestClient running = connect();
  running.send(post("1", "", "/wait"));
  gate_.wait_for_arrivals(1);
  TestClient job = connect();
  job.send(post("22", "", "/batch"));
  wait_until([&] { return pool_->waiting(WorkClass::batch) == 1; });
  EXPECT_EQ(connect().exchange(post("22", "", "/batch")).body, "overloaded");
  TestClient person = connect();
  person.send(post("333"));
  wait_until([&] { return pool_->waiting(WorkClass::interactive) == 1; });
  gate_.open();
  EXPECT_EQ(person.receive().body, "3");
  EXPECT_EQ(job.receive().body, "2");
}

TEST_F(HttpLimitsTest, WhatWaitedTooLongIsRefusedInsteadOfComputed) {
  // Long enough that the first request, which finds the pool free, does not wait so long on a busy machine.
  options_.max_wait = std::chrono::milliseconds(500);
  start(1, 4);
  TestClient running = connect();
  running.send(post("1", "", "/wait"));
  gate_.wait_for_arrivals(1);
  TestClient waiting = connect();
  waiting.send(post("22"));
  wait_until([&] { return pool_->waiting() == 1; });
  const auto late = std::chrono::steady_clock::now() + options_.max_wait + std::chrono::milliseconds(10);
  wait_until([&] { return std::chrono::steady_clock::now() > late; });
  gate_.open();
  EXPECT_EQ(waiting.receive().body, "overloaded");
  wait_until([&] { return metric("likeness_http_refused_total", "overdue") == 1; });
  EXPECT_EQ(service_.handled, 1);
}

TEST_F(HttpLimitsTest, LeavingIsSeenBehindBytesThatWaitUnread) {
  start(1, 4);
  TestClient running = connect();
  running.send(post("1", "", "/wait"));
  gate_.wait_for_arrivals(1);
  TestClient leaving = connect();
  leaving.send(post("22"));
  wait_until([&] { return pool_->waiting() == 1; });
  leaving.send(post("a second request that nobody reads"));
  leaving.close();
  // The look at it comes within a tenth of a second; the request stays in the queue until then.
  std::this_thread::sleep_for(std::chrono::seconds(2));
  gate_.open();
  wait_until([&] { return metric("likeness_http_abandoned_total", "client_gone") == 1; });
  EXPECT_EQ(service_.handled, 1);
}

TEST_F(HttpLimitsTest, RequestOfAClientThatLeftIsNotComputed) {
  start(1, 4);
  TestClient running = connect();
  running.send(post("1", "", "/wait"));
  gate_.wait_for_arrivals(1);
  TestClient leaving = connect();
  leaving.send(post("22"));
  wait_until([&] { return pool_->waiting() == 1; });
  leaving.close();
  // The server sees the end of the stream before it sees this connection, which is served by the same I/O thread.
  EXPECT_EQ(connect().exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  gate_.open();
  EXPECT_EQ(running.receive().body, "1");
  wait_until([&] { return metric("likeness_http_abandoned_total", "client_gone") == 1; });
  EXPECT_EQ(service_.handled, 1);
}

// A pace that no test has to wait long for.
BodyPaceOptions impatient() {
  return {.deadline = std::chrono::seconds(30),
          .deadline_rate = 1024,
          .grace = std::chrono::milliseconds(50),
          .min_rate = std::uint64_t{1} << 20U};
}

TEST_F(HttpLimitsTest, SilenceEndsWithoutAnAnswer) {
  options_.head_deadline = std::chrono::milliseconds(50);
  start();
  TestClient silent = connect();
  EXPECT_TRUE(silent.is_closed());
  EXPECT_EQ(metric("likeness_http_refused_total", "slow_head"), 0);
}

TEST_F(HttpLimitsTest, SlowHeadsAndBodiesAreAnsweredAndEnd) {
  options_.head_deadline = std::chrono::milliseconds(50);
  options_.body_pace = impatient();
  start();
  for (const char* slow : {"POST / HTTP/1.1\r\nHost:",  // goes no further
                           "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe",
                           "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe"}) {
    TestClient client = connect();
    const Answer answer = client.exchange(slow);
    EXPECT_EQ(answer.body, "overloaded") << slow;
    EXPECT_EQ(answer.headers.at("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
  }
  wait_until([&] { return metric("likeness_http_refused_total", "slow_head") == 1; });
  wait_until([&] { return metric("likeness_http_refused_total", "slow_body") == 2; });
  EXPECT_EQ(metric("likeness_http_body_bytes"), 0);
  EXPECT_EQ(service_.handled, 0);
}

TEST_F(HttpLimitsTest, HeadDeadlineIsForTheWholeHead) {
  options_.head_deadline = std::chrono::milliseconds(50);
  options_.max_head_bytes = 1U << 26U;
  start();
  TestClient client = connect();
  bool open = client.send("POST / HTTP/1.1\r\nHost: localhost\r\n");
  while (open && metric("likeness_http_refused_total", "slow_head") == 0) {  // every byte would renew a lesser deadline
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    open = client.send("X-A: b\r\n");
  }
  wait_until([&] { return metric("likeness_http_refused_total", "slow_head") == 1; });
}

TEST_F(HttpLimitsTest, ABodyThatKeepsThePaceIsTaken) {
  options_.body_pace = impatient();
  options_.body_pace.grace = std::chrono::seconds(20);
  start();
  TestClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n");
  for (int i = 0; i < 100; ++i) {
    client.send("a");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(client.receive().body, "100");
}

TEST_F(HttpLimitsTest, WhatIsDroppedMustKeepThePaceToo) {
  options_.body_pace = impatient();
  service_.on_admit = [](const api::RequestHead&) { return text_response(403, "no"); };
  start();
  TestClient client = connect();
  EXPECT_EQ(client.exchange("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe").status, 403);
  EXPECT_TRUE(client.is_closed());
  wait_until([&] { return metric("likeness_http_abandoned_total", "drain_limit") == 1; });
}

TEST_F(HttpLimitsTest, BudgetCountsWhatWasReadNotWhatWasPromised) {
  options_.max_body_bytes = 1000;
  options_.body_budget_bytes = 1500;
  start();
  std::list<TestClient> promising;
  for (int i = 0; i < 10; ++i) {
    promising.emplace_back(server_->port());
    promising.back().send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n" + std::string(10, 'a'));
  }
  wait_until([&] { return metric("likeness_http_body_bytes") == 100; });
  EXPECT_EQ(connect().exchange(post(std::string(1000, 'b'))).body, "1000") << "who sends is served";
}

TEST_F(HttpLimitsTest, IdleConnectionsEnd) {
  options_.idle_deadline = std::chrono::milliseconds(50);
  start();
  TestClient client = connect();
  EXPECT_EQ(client.exchange(post("hello")).body, "5");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpLimitsTest, AnIdleConnectionMakesRoomForANewOne) {
  options_.max_connections = 2;
  start();
  TestClient oldest = connect();
  EXPECT_EQ(oldest.exchange(post("1")).status, 200);
  TestClient older = connect();
  EXPECT_EQ(older.exchange(post("1")).status, 200);
  TestClient newest = connect();
  EXPECT_EQ(newest.exchange(post("hello")).body, "5");
  EXPECT_TRUE(oldest.is_closed());
  EXPECT_EQ(older.exchange(post("22")).body, "2") << "one was enough";
}

TEST_F(HttpLimitsTest, NewConnectionsWaitWhileAllAreBusy) {
  options_.max_connections = 2;
  start();
  TestClient first = connect();
  first.send(post("1", "", "/wait"));
  TestClient second = connect();
  second.send(post("22", "", "/wait"));
  gate_.wait_for_arrivals(2);
  TestClient third = connect();
  third.send(post("333"));
  gate_.open();
  EXPECT_EQ(third.receive().body, "3");
  EXPECT_EQ(first.receive().body, "1");
  EXPECT_EQ(second.receive().body, "2");
}

TEST_F(HttpLimitsTest, AnAddressHasACapOfItsOwn) {
  options_.max_connections_per_peer = 2;
  start();
  TestClient busy = connect();
  busy.send(post("1", "", "/wait"));
  gate_.wait_for_arrivals(1);
  TestClient idle = connect();
  EXPECT_EQ(idle.exchange(post("22")).body, "2");
  TestClient third = connect();
  EXPECT_EQ(third.exchange(post("333")).body, "3") << "the idle one made room";
  EXPECT_TRUE(idle.is_closed());

  third.send(post("333", "", "/wait"));
  gate_.wait_for_arrivals(2);
  TestClient fourth = connect();
  const Answer refused = fourth.exchange(post(twenty_megabytes()));
  EXPECT_EQ(refused.body, "overloaded") << "none is idle";
  EXPECT_EQ(refused.headers.at("Connection"), "close");
  wait_until([&] { return metric("likeness_http_refused_total", "peer_connections") == 1; });
  gate_.open();
  EXPECT_EQ(busy.receive().body, "1");
  EXPECT_EQ(third.receive().body, "3");
}

TEST_F(HttpLimitsTest, FarTooManyConnectionsOfAnAddressAreClosed) {
  options_.max_connections_per_peer = 1;
  start();
  TestClient busy = connect();
  busy.send(post("1", "", "/wait"));
  gate_.wait_for_arrivals(1);
  TestClient refused = connect();  // it has not sent what it would be refused for
  refused.send("POST / HTTP/1.1\r\n");
  wait_until([&] { return metric("likeness_http_connections") == 2; });
  EXPECT_EQ(connect().exchange(post("1")).status, 0);
  wait_until([&] { return metric("likeness_http_abandoned_total", "peer_connections") == 1; });
  gate_.open();
  EXPECT_EQ(busy.receive().body, "1");
}

TEST(PeerKeyTest, NetworksOfIpv6AreOnePeer) {
  const auto key = [](const char* text) { return peer_key(boost::asio::ip::make_address(text)); };
  EXPECT_EQ(key("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(key("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2::9"));
  EXPECT_NE(key("2001:db8:1:2::9"), key("2001:db8:1:3::9"));
}

}  // namespace
}  // namespace likeness::server

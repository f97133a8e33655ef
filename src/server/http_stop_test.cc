#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "server/server_fixture.h"

namespace likeness::server {
namespace {

class HttpStopTest : public ServerTest {
 protected:
  HttpStopTest() {
    service_.on_handle = [this](const api::RequestHead&, const std::string& body) {
      gate_.pass();
      return text_response(200, std::to_string(body.size()));
    };
  }
  ~HttpStopTest() override { gate_.open(); }

  Gate gate_;
};

TEST_F(HttpStopTest, FinishesWhatWasAccepted) {
  start(1, 4);
  const std::uint16_t port = server_->port();
  TestClient idle = connect();
  EXPECT_EQ(idle.exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  TestClient running = connect();
  running.send(post("1"));
  gate_.wait_for_arrivals(1);
  TestClient waiting = connect();
  waiting.send(post("22") + post("not accepted"));
  wait_until([&] { return pool_->waiting() == 1; });

  std::thread stopper([&] { server_->stop(); });
  EXPECT_TRUE(idle.is_closed());
  gate_.open();
  for (auto* client : {&running, &waiting}) {
    Answer answer = client->receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers["Connection"], "close");
    EXPECT_TRUE(client->is_closed());
    client->close();
  }
  stopper.join();
  EXPECT_EQ(service_.handled, 2);
  EXPECT_THROW(TestClient late(port), boost::system::system_error);
}

TEST_F(HttpStopTest, CutsWhatIsLeftAtTheDeadline) {
  options_.stop_deadline = std::chrono::milliseconds(50);
  start(1, 4);
  TestClient running = connect();
  running.send(post("1"));
  gate_.wait_for_arrivals(1);
  TestClient waiting = connect();
  waiting.send(post("22"));
  wait_until([&] { return pool_->waiting() == 1; });
  TestClient sending = connect();
  sending.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");

  std::thread stopper([&] { server_->stop(); });
  EXPECT_EQ(running.receive().status, 0);
  EXPECT_EQ(waiting.receive().status, 0);
  gate_.open();
  stopper.join();
  EXPECT_EQ(service_.handled, 1) << "the one that waited was dropped";
}

TEST_F(HttpStopTest, StopsTwiceAndFromTwoThreads) {
  start();
  std::thread other([&] { server_->stop(); });
  server_->stop();
  other.join();
  server_->stop();
}

// The pool thread that computed the answer is still leaving its task when the client has it and the server ends.
TEST_F(HttpStopTest, EndsAtOnceAfterAnAnswer) {
  gate_.open();
  for (int round = 0; round < 200; ++round) {
    start();
    EXPECT_EQ(connect().exchange(post("1", "Connection: close\r\n")).status, 200);
    server_.reset();
  }
}

TEST_F(HttpStopTest, NeedNotHaveStarted) {
  ThreadPool pool(1, 1);
  const auto server = HttpServer::create(options_, service_, pool, clock_, log_, metrics_);
  EXPECT_TRUE(server.ok());
}

TEST_F(HttpStopTest, StopsUnderLoad) {
  gate_.open();
  options_.io_threads = 2;
  start(2, 8);
  std::vector<std::thread> clients;
  clients.reserve(6);
  std::atomic<int> connected = 0;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] {
      TestClient client = connect();
      ++connected;
      while (client.send(post("hello"))) {
        const Answer answer = client.receive();
        if (answer.status == 0) break;
        ++answered;
        if (answer.headers.at("Connection") == "close") break;
      }
    });
  }
  // A thread that starts late must not find the server gone.
  wait_until([&] { return answered > 200 && connected == 6; });
  server_->stop();
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace likeness::server

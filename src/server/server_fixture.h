// For the tests of this room: a service that does what a test says, a server in front of it, and a client that is
// free to misbehave.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "api/http.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "base/time.h"
#include "server/http_server.h"

namespace likeness::server {

// Holds threads until it is opened.
class Gate {
 public:
  void open() {
    {
      const MutexLock lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }
  void pass() {
    MutexLock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    while (!open_) lock.wait(changed_);
  }
  void wait_for_arrivals(int count) {
    MutexLock lock(mutex_);
    while (arrived_ < count) lock.wait(changed_);
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool open_ GUARDED_BY(mutex_) = false;
  int arrived_ GUARDED_BY(mutex_) = 0;
};

inline api::Response text_response(int status, std::string body) {
  api::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

// Answers with the size of the body, refuses with the name of the error's kind; the functions change that.
class FakeService final : public api::HttpService {
 public:
  std::optional<api::Response> admit(const api::RequestHead& head) override {
    return on_admit ? on_admit(head) : std::nullopt;
  }
  api::Response handle(const api::RequestHead& head, std::string body) override {
    ++handled;
    return on_handle ? on_handle(head, std::move(body)) : text_response(200, std::to_string(body.size()));
  }
  api::Response refuse(const api::RequestHead& /*head*/, const Error& error) override {
    return text_response(error.kind == ErrorKind::overloaded ? 503 : 400, error_kind_name(error.kind));
  }
  [[nodiscard]] WorkClass work_class(const api::RequestHead& head) const override {
    return on_class ? on_class(head) : WorkClass::interactive;
  }
  [[nodiscard]] bool ready() const override { return is_ready; }

  // Set before the server starts.
  std::function<std::optional<api::Response>(const api::RequestHead&)> on_admit;
  std::function<api::Response(const api::RequestHead&, std::string)> on_handle;
  std::function<WorkClass(const api::RequestHead&)> on_class;
  std::atomic<bool> is_ready = true;
  std::atomic<int> handled = 0;
};

struct Answer {
  int status = 0;  // 0: the connection ended, or was reset, without an answer
  std::map<std::string, std::string> headers;
  std::string body;
};

class TestClient {
 public:
  explicit TestClient(std::uint16_t port) : socket_(io_) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    const timeval patience = {30, 0};  // a hang fails instead of lasting
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }

  // False if the server has closed.
  bool send(std::string_view bytes) {
    boost::system::error_code error;
    boost::asio::write(socket_, boost::asio::buffer(bytes), error);
    return !error;
  }

  Answer receive(bool with_body = true) {
    std::size_t end = received_.find("\r\n\r\n");
    while (end == std::string::npos) {
      if (!read_more()) return {};
      end = received_.find("\r\n\r\n");
    }
    Answer answer;
    answer.status = std::stoi(received_.substr(9, 3));
    std::size_t line = received_.find("\r\n") + 2;
    while (line < end + 2) {
      const std::size_t colon = received_.find(": ", line);
      const std::size_t next = received_.find("\r\n", line);
      answer.headers[received_.substr(line, colon - line)] = received_.substr(colon + 2, next - colon - 2);
      line = next + 2;
    }
    received_.erase(0, end + 4);
    if (answer.status == 100 || !with_body) return answer;
    const std::size_t length = std::stoul(answer.headers.at("Content-Length"));
    while (received_.size() < length) {
      if (!read_more()) return {};
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, length);
    return answer;
  }

  Answer exchange(std::string_view request) {
    send(request);
    return receive();
  }

  // Whether the server closes in order, after nothing more than was received.
  bool is_closed() {
    boost::system::error_code error;
    char byte = 0;
    socket_.read_some(boost::asio::buffer(&byte, 1), error);
    return received_.empty() && error == boost::asio::error::eof;
  }

  void close() { socket_.close(); }

 private:
  bool read_more() {
    std::string piece(65536, '\0');
    boost::system::error_code error;
    const std::size_t count = socket_.read_some(boost::asio::buffer(piece), error);
    received_.append(piece, 0, count);
    return !error;
  }

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
};

inline std::string post(std::string_view body, std::string_view headers = "", std::string_view target = "/") {
  std::string text = "POST ";
  text.append(target).append(" HTTP/1.1\r\nHost: localhost\r\nContent-Length: ").append(std::to_string(body.size()));
  text.append("\r\n").append(headers).append("\r\n").append(body);
  return text;
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() { options_.stop_deadline = std::chrono::seconds(30); }

  // Before it, a test changes options_ and service_.
  void start(std::size_t threads = 2, std::size_t capacity = 16) {
    pool_ = std::make_unique<ThreadPool>(threads, capacity);
    auto server = HttpServer::create(options_, service_, *pool_, clock_, log_, metrics_);
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = std::make_unique<HttpServer>(std::move(server).value());
    server_->start();
  }

  TestClient connect() { return TestClient(server_->port()); }

  // The number behind `name{...}` or `name{...label...}` in the metrics, or -1.
  double metric(const std::string& name, const std::string& label = "") const {
    const std::string text = metrics_.text();
    for (std::size_t line = 0; line < text.size(); line = text.find('\n', line) + 1) {
      const std::string content = text.substr(line, text.find('\n', line) - line);
      if (!content.starts_with(name + "{") || content.find(label) == std::string::npos) continue;
      return std::stod(content.substr(content.rfind(' ')));
    }
    return -1;
  }

  void wait_until(const std::function<bool()>& condition) {
    while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  HttpServerOptions options_;
  FakeService service_;
  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  Logger log_{LogLevel::error};
  Metrics metrics_;
  std::unique_ptr<ThreadPool> pool_;
  std::unique_ptr<HttpServer> server_;  // ends before the pool
};

}  // namespace likeness::server

// A server for tests on 127.0.0.1 that answers what a test tells it to, byte for byte, and remembers what was asked.
//
// Thread rule: the handler runs on a thread for each connection. Ownership: stops and joins them at its end.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/thread_annotations.h"

namespace likeness::remote {

struct CannedAnswer {
  std::string bytes;     // head and body
  bool close = false;    // after it; otherwise the connection serves the next request
  bool endless = false;  // goes on sending zeros until the client goes away
};

class CannedServer {
 public:
  // Gets the head of a request with its body, and the requests before it.
  using Handler = std::function<CannedAnswer(const std::string& request, std::size_t number)>;

  explicit CannedServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0)
      std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~CannedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const MutexLock lock(mutex_);
      for (const int one : sockets_) ::shutdown(one, SHUT_RDWR);
    }
    for (std::thread& one : threads_) one.join();
    for (const int one : sockets_) ::close(one);
    ::close(listener_);
  }
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::uint16_t port() const { return port_; }

  [[nodiscard]] std::vector<std::string> requests() const {
    const MutexLock lock(mutex_);
    return requests_;
  }
  [[nodiscard]] std::size_t connections() const {
    const MutexLock lock(mutex_);
    return sockets_.size();
  }

 private:
  void accept_all() {
    for (;;) {
      const int one = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (one < 0) return;
      const MutexLock lock(mutex_);
      sockets_.push_back(one);
      threads_.emplace_back([this, one] { serve(one); });
    }
  }

  // Of what is waiting: everything up to the end of a request's body. Empty: the client is gone.
  static std::string read_request(int socket) {
    std::string text;
    std::size_t wanted = std::string::npos;
    while (text.size() < wanted) {
      char piece[4096];
      const ssize_t count = ::recv(socket, piece, sizeof piece, 0);
      if (count <= 0) return {};
      text.append(piece, static_cast<std::size_t>(count));
      const std::size_t end = text.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      const std::size_t length = text.find("Content-Length: ");
      wanted = end + 4 + (length < end ? std::stoul(text.substr(length + 16)) : 0);
    }
    return text;
  }

  static bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  void serve(int socket) {
    for (;;) {
      const std::string request = read_request(socket);
      if (request.empty()) return;
      std::size_t number = 0;
      {
        const MutexLock lock(mutex_);
        number = requests_.size();
        requests_.push_back(request);
      }
      const CannedAnswer answer = handler_(request, number);
      bool sent = send_all(socket, answer.bytes);
      const std::string zeros(std::size_t{64} * 1024, '\0');
      while (sent && answer.endless) sent = send_all(socket, zeros);
      if (!sent || answer.close) {
        ::shutdown(socket, SHUT_RDWR);
        return;
      }
    }
  }

  const Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
  mutable Mutex mutex_;
  std::vector<std::string> requests_ GUARDED_BY(mutex_);
  std::vector<int> sockets_ GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);
};

// "200 OK" with a body of that length.
inline CannedAnswer canned(const std::string& status, const std::string& body = {}, const std::string& headers = {}) {
  return {.bytes = "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + body};
}

}  // namespace likeness::remote

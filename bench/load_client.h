// What the load programs share: signed requests, a blocking client, and what the operating system says of the server.
//
// Thread rule: Requests and ServerProcess may be used from any thread after construction; a Client by one.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sigv4/sign.h"

namespace likeness::bench {

using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Options {
  std::string endpoint;  // http://HOST:PORT or https://HOST:PORT
  std::string picture;
  std::string operation = "DetectFaces";
  std::string region = "us-east-1";
  sigv4::Credentials credentials;
  std::size_t connections = 0;  // 0: two in a closed loop, 64 in an open one, 256 under overload
  double seconds = 30;
  double rate = 0;        // requests a second, open loop
  double load = 0;        // share of what `servers` can do, open loop
  double service_ms = 0;  // 0: measured
  std::size_t servers = 2;
  std::vector<double> overload;  // multiples of the peak, open loop
  double deadline_seconds = 10;  // later answers are no good, under overload
  pid_t pid = 0;
  std::uint64_t seed = 1;
};

// The requests of a run: one body, and signed heads that are used in turn.
struct Requests {
  std::string host;
  std::string port;
  bool tls = false;
  std::string body;
  std::vector<std::string> heads;
};

// Throws CLI::ValidationError if the picture cannot be read or the endpoint is none.
[[nodiscard]] Requests prepare(const Options& options, std::size_t count);

struct Sample {
  double seconds = 0;
  int status = 0;  // 0: no answer
};

// One blocking connection, made again when it was lost. TLS takes any certificate: it is the load that counts.
class Client {
 public:
  explicit Client(const Requests& requests);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  // The status of the answer, or 0.
  int exchange(std::size_t index);

 private:
  struct Connection;
  const Requests& requests_;
  std::unique_ptr<Connection> connection_;
};

// Zeros without a process id.
class ServerProcess {
 public:
  explicit ServerProcess(pid_t pid) : directory_("/proc/" + std::to_string(pid)), known_(pid > 0) {}

  // User and system time, proc(5).
  [[nodiscard]] double cpu_seconds() const;
  [[nodiscard]] double resident_mib() const;
  [[nodiscard]] bool known() const { return known_; }

 private:
  std::string directory_;
  bool known_;
};

}  // namespace likeness::bench

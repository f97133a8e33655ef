#include "app/control_socket.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace likeness::app {

namespace {

constexpr std::chrono::seconds patience = std::chrono::seconds(10);
constexpr std::chrono::milliseconds pause = std::chrono::milliseconds(100);

Deadline soon() { return std::chrono::steady_clock::now() + patience; }

}  // namespace

Result<std::unique_ptr<ControlSocket>> ControlSocket::create(const std::filesystem::path& data,
                                                             const ControlCommands& commands, Logger& logger) {
  std::filesystem::path path = data / control_socket_name;
  UnixSocket stop_event(::eventfd(0, EFD_CLOEXEC));
  if (stop_event.get() < 0) {
    return Error(ErrorKind::unavailable, std::string("cannot make an event descriptor: ") + std::strerror(errno));
  }
  UnixSocket listener = TRY(listen_at(path));
  return std::unique_ptr<ControlSocket>(
      new ControlSocket(std::move(path), std::move(listener), std::move(stop_event), commands, logger));
}

ControlSocket::ControlSocket(std::filesystem::path path, UnixSocket listener, UnixSocket stop_event,
                             const ControlCommands& commands, Logger& logger)
    : path_(std::move(path)),
      listener_(std::move(listener)),
      stop_event_(std::move(stop_event)),
      commands_(commands),
      logger_(logger),
      thread_([this] { run(); }) {}

ControlSocket::~ControlSocket() {
  ::unlink(path_.c_str());
  const std::uint64_t one = 1;
  // An eventfd takes eight bytes at once or fails for reasons that cannot be here (a full counter).
  if (::write(stop_event_.get(), &one, sizeof(one)) != sizeof(one)) logger_.error("control_stop", {});
  thread_.join();
}

void ControlSocket::run() {
  for (;;) {
    std::array<pollfd, 2> watched = {pollfd{.fd = listener_.get(), .events = POLLIN, .revents = 0},
                                     pollfd{.fd = stop_event_.get(), .events = POLLIN, .revents = 0}};
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;  // EINTR
    if (watched[1].revents != 0) return;
    const UnixSocket connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.get() >= 0) {
      serve(connection);
    } else {  // out of descriptors, perhaps: it would be ready again at once
      ::poll(&watched[1], 1, static_cast<int>(pause.count()));
    }
  }
}

void ControlSocket::serve(const UnixSocket& connection) const {
  const std::optional<uid_t> user = peer_user(connection);
  if (!user || (*user != 0 && *user != ::geteuid())) {
    logger_.warning("control_refused", {{"user", user ? static_cast<std::int64_t>(*user) : -1}});
    return;
  }
  const Result<Bytes> frame = receive_frame(connection, soon());
  ControlAnswer answer;
  if (const Result<ControlRequest> request = frame.ok() ? decode_request(*frame) : frame.error(); request.ok()) {
    answer = commands_.run(*request);
    logger_.info("control", {{"command", request->command.substr(0, 100)}, {"ok", answer.ok}});
  } else {
    answer.text = request.error().message;
    logger_.warning("control_unread", {{"error", answer.text}});
  }
  Result<Bytes> encoded = encode(answer);
  if (!encoded.ok()) encoded = encode(ControlAnswer{.ok = false, .text = encoded.error().message});
  if (encoded.ok()) (void)send_frame(connection, *encoded, soon());  // a command that went away has no answer to miss
}

}  // namespace likeness::app

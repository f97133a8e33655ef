#include "app/unix_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "app/control_protocol.h"

namespace likeness::app {

namespace {

constexpr int waiting_connections = 16;

Error failed(const std::filesystem::path& path, const char* what) {
  return {ErrorKind::unavailable, path.string() + ": cannot " + what + ": " + std::strerror(errno)};
}

// The path itself or, where it is longer than an address may be, one through the descriptor of its folder, which must
// stay open meanwhile.
struct Address {
  UnixSocket folder;
  sockaddr_un value{};
};

Result<Address> address_of(const std::filesystem::path& path) {
  Address address;
  address.value.sun_family = AF_UNIX;
  if (path.native().size() < sizeof(address.value.sun_path)) {
    std::copy(path.native().begin(), path.native().end(), static_cast<char*>(address.value.sun_path));
    return address;
  }
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  address.folder = UnixSocket(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (address.folder.get() < 0) return failed(parent, "open the folder");
  const std::string text = "/proc/self/fd/" + std::to_string(address.folder.get()) + "/" + path.filename().string();
  if (text.size() >= sizeof(address.value.sun_path)) {
    return Error(ErrorKind::unavailable, path.string() + ": the name is too long for a socket");
  }
  std::copy(text.begin(), text.end(), static_cast<char*>(address.value.sun_path));
  return address;
}

UnixSocket make_socket() { return UnixSocket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

// Until the socket is ready for `events`, or an error says it never will be.
Result<void> wait_for(const UnixSocket& socket, short events, Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd watched{.fd = socket.get(), .events = events, .revents = 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return {};
    if (ready < 0 && errno == EINTR) continue;
    return Error(ErrorKind::unavailable, "the other side of control.sock does not answer");
  }
}

Error gone() { return {ErrorKind::unavailable, "the other side of control.sock went away before it was done"}; }

Result<void> receive_all(const UnixSocket& socket, std::span<std::uint8_t> bytes, Deadline deadline) {
  while (!bytes.empty()) {
    TRY(wait_for(socket, POLLIN, deadline));
    const ssize_t count = ::recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return gone();
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

UnixSocket::~UnixSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

UnixSocket& UnixSocket::operator=(UnixSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Result<UnixSocket> listen_at(const std::filesystem::path& path) {
  const Address address = TRY(address_of(path));
  UnixSocket socket = make_socket();
  if (socket.get() < 0) return failed(path, "make a socket");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed(path, "remove the old socket");
  // Before bind(), so that the name never has a wider mode.
  if (::fchmod(socket.get(), S_IRUSR | S_IWUSR) != 0) return failed(path, "set the mode of the socket");
  if (::bind(socket.get(), generic(address.value), sizeof(address.value)) != 0) return failed(path, "listen");
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) return failed(path, "set the mode of the socket");
  if (::listen(socket.get(), waiting_connections) != 0) return failed(path, "listen");
  return socket;
}

Result<std::optional<UnixSocket>> connect_to(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::optional<UnixSocket>();
  const Address address = TRY(address_of(path));
  UnixSocket socket = make_socket();
  if (socket.get() < 0) return failed(path, "make a socket");
  if (::connect(socket.get(), generic(address.value), sizeof(address.value)) == 0)
    return std::optional(std::move(socket));
  if (errno == ENOENT || errno == ECONNREFUSED) return std::optional<UnixSocket>();
  if (errno == EACCES) {
    return Error(ErrorKind::access_denied,
                 path.string() + ": only root and the server's own user may give it commands");
  }
  return failed(path, "connect");
}

std::optional<uid_t> peer_user(const UnixSocket& socket) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  return credentials.uid;
}

Result<void> send_frame(const UnixSocket& socket, ByteSpan frame, Deadline deadline) {
  while (!frame.empty()) {
    TRY(wait_for(socket, POLLOUT, deadline));
    const ssize_t count = ::send(socket.get(), frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return gone();
    frame = frame.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<Bytes> receive_frame(const UnixSocket& socket, Deadline deadline) {
  Bytes head(frame_head_bytes);
  TRY(receive_all(socket, head, deadline));
  Bytes rest(TRY(decode_head(head)));
  TRY(receive_all(socket, rest, deadline));
  return rest;
}

}  // namespace likeness::app

// Stream sockets of the local machine, as control.sock uses them: an address that may be long, whole frames with a
// deadline, and who is on the other side.
//
// Thread rule: free functions; UnixSocket is a plain owner.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace likeness::app {

// Owns a descriptor; -1 is none.
class UnixSocket {
 public:
  UnixSocket() = default;
  explicit UnixSocket(int descriptor) : descriptor_(descriptor) {}
  ~UnixSocket();
  UnixSocket(UnixSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  UnixSocket& operator=(UnixSocket&& other) noexcept;

  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

// A listening socket of mode 0600 in place of what is there. The folder must be ours alone (its lock is held). A path
// may be longer than the 107 bytes of an address. Errors: unavailable.
[[nodiscard]] Result<UnixSocket> listen_at(const std::filesystem::path& path);

// Empty if nobody listens there. Errors: access_denied (its mode keeps us out), unavailable.
[[nodiscard]] Result<std::optional<UnixSocket>> connect_to(const std::filesystem::path& path);

// The user of the process that connected (SO_PEERCRED), or nothing if the kernel does not say.
[[nodiscard]] std::optional<uid_t> peer_user(const UnixSocket& socket);

using Deadline = std::chrono::steady_clock::time_point;

// A frame of control_protocol.h, head and all. Errors: unavailable (the other side is gone, or slower than the
// deadline).
[[nodiscard]] Result<void> send_frame(const UnixSocket& socket, ByteSpan frame, Deadline deadline);
// What follows a frame's head. Errors: unavailable, malformed (no head of a frame).
[[nodiscard]] Result<Bytes> receive_frame(const UnixSocket& socket, Deadline deadline);

}  // namespace likeness::app

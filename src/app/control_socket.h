// DATA/control.sock: the door through which `likeness` gives commands to the server that owns the data folder.
//
// Only root and the server's own user get in: the socket has mode 0600, and each peer's user is asked of the kernel
// (SO_PEERCRED), which also holds where a folder was opened too widely. A connection carries one request and one answer
// (control_protocol.h). They are served one after the other on a thread of the socket's own, so commands never meet;
// a peer has 10 seconds to send and 10 to take, and at most 16 wait.
//
// Thread rule: made and destroyed on one thread, while the commands run on the socket's. Ownership: the commands and
// the logger must outlive it. The socket's name goes when it is destroyed.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <thread>

#include "app/control_commands.h"
#include "app/unix_socket.h"
#include "base/log.h"
#include "base/result.h"

namespace likeness::app {

inline constexpr std::string_view control_socket_name = "control.sock";

class ControlSocket {
 public:
  // Listens in `data`, whose lock the caller holds. Errors: unavailable.
  [[nodiscard]] static Result<std::unique_ptr<ControlSocket>> create(const std::filesystem::path& data,
                                                                     const ControlCommands& commands, Logger& logger);
  ~ControlSocket();  // waits for the command that runs
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  ControlSocket(std::filesystem::path path, UnixSocket listener, UnixSocket stop_event, const ControlCommands& commands,
                Logger& logger);
  void run();
  void serve(const UnixSocket& connection) const;

  const std::filesystem::path path_;
  const UnixSocket listener_;
  const UnixSocket stop_event_;  // an eventfd; readable from the moment the end is asked for
  const ControlCommands& commands_;
  Logger& logger_;
  std::thread thread_;
};

}  // namespace likeness::app

#include "app/folder_command.h"

#include <chrono>
#include <optional>
#include <ostream>
#include <thread>
#include <utility>

#include "app/control_commands.h"
#include "app/control_socket.h"
#include "app/data_folder.h"
#include "app/folder_commands.h"
#include "app/folder_services.h"
#include "app/reload_command.h"
#include "app/unix_socket.h"
#include "base/log.h"
#include "base/time.h"

namespace likeness::app {

namespace {

// A command may take long; whoever asked can stop waiting, and the server goes on.
constexpr std::chrono::minutes answer_time = std::chrono::minutes(10);
// A server that starts holds the lock before it listens, and one that stops does so after.
constexpr std::chrono::seconds owner_time = std::chrono::seconds(10);
constexpr std::chrono::milliseconds pause = std::chrono::milliseconds(50);

Result<void> print(const ControlAnswer& answer, std::ostream& out) {
  // The kind does not matter: the message is what is printed, and the exit code is 1.
  if (!answer.ok) return Error(ErrorKind::invalid_argument, answer.text);
  out << answer.text << std::flush;
  return {};
}

Result<void> run_in_server(const UnixSocket& server, const ControlRequest& request, std::ostream& out) {
  const Deadline deadline = std::chrono::steady_clock::now() + answer_time;
  const Bytes frame = TRY(encode(request));
  TRY(send_frame(server, frame, deadline));
  const Bytes answer = TRY(receive_frame(server, deadline));
  return print(TRY(decode_answer(answer)), out);
}

Result<void> run_here(const DataFolder& data, const FolderCommand& command, std::ostream& out) {
  const SystemClock clock;
  Logger logger(LogLevel::error);  // standard error is for people here
  SettingsSources sources = command.sources;
  sources.options.data = command.data;
  const LoadedSettings settings = TRY(load_settings(sources));
  const std::unique_ptr<FolderServices> services =
      TRY(FolderServices::open(data, folder_options(settings.options), Administrator::if_there, clock, logger));
  ControlCommands commands;
  add_folder_commands(commands, *services);
  add_reload_refusal(commands);
  return print(commands.run(command.request), out);
}

}  // namespace

Result<void> run_folder_command(const FolderCommand& command, std::ostream& out) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(command.data, ignored)) {
    return Error(ErrorKind::not_found, command.data.string() + ": there is no such data folder");
  }
  const Deadline deadline = std::chrono::steady_clock::now() + owner_time;
  for (;;) {
    const std::optional<UnixSocket> server = TRY(connect_to(command.data / control_socket_name));
    if (server) return run_in_server(*server, command.request, out);
    const Result<DataFolder> data = DataFolder::open(command.data);
    if (data.ok()) return run_here(*data, command, out);
    if (std::chrono::steady_clock::now() >= deadline) return data.error();
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace likeness::app

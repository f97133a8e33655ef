#include "app/control_commands.h"

#include <exception>
#include <utility>

namespace likeness::app {

void ControlCommands::add(const std::string& name, Run run) { rows_.emplace(name, std::move(run)); }

ControlAnswer ControlCommands::run(const ControlRequest& request) const {
  const auto row = rows_.find(request.command);
  if (row == rows_.end()) {
    return {.ok = false,
            .text = "this server knows no command '" + request.command.substr(0, 100) +
                    "'; are server and command of one version?"};
  }
  try {
    Result<std::string> text = row->second(request);
    if (text.ok()) return {.ok = true, .text = *std::move(text)};
    return {.ok = false, .text = std::move(text).error().message};
  } catch (const std::exception& failure) {  // memory, as everywhere
    return {.ok = false, .text = request.command + ": " + failure.what()};
  }
}

}  // namespace likeness::app

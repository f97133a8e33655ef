// The table of commands that work on a data folder: run inside the server that owns it, or, without one, by the command
// itself. A family of commands adds its rows (keys_commands.h); socket and command line know no single command.
//
// Thread rule: rows are added before run() is called; run() may then be called from any thread, and calls the row's
// function there. Ownership: what the functions refer to must outlive this.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "app/control_protocol.h"
#include "base/result.h"

namespace likeness::app {

class ControlCommands {
 public:
  // Gives the text to print. Its arguments come from outside the process and are to be checked.
  using Run = std::function<Result<std::string>(const ControlRequest& request)>;

  // `name` is new and as on the command line: "keys create".
  void add(const std::string& name, Run run);

  // Never throws; an unknown name is a failed answer.
  [[nodiscard]] ControlAnswer run(const ControlRequest& request) const;

 private:
  std::map<std::string, Run> rows_;
};

}  // namespace likeness::app

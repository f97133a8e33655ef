#include "app/reload_command.h"

namespace likeness::app {

void add_reload_command(ControlCommands& commands, Reloader& reloader) {
  commands.add(reload_command, [&reloader](const ControlRequest& /*request*/) -> Result<std::string> {
    const ReloadReport report = TRY(reloader.reload());
    if (report.problems.empty()) return report_text(report);
    // Not done as asked: the exit code says so, and the text what was done all the same.
    return Error(ErrorKind::invalid_argument, report_text(report));
  });
}

void add_reload_refusal(ControlCommands& commands) {
  commands.add(reload_command, [](const ControlRequest& /*request*/) -> Result<std::string> {
    return Error(ErrorKind::not_found, "no server runs on this data folder, so there is nothing to reload");
  });
}

}  // namespace likeness::app

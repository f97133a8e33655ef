#include "app/reload.h"

#include <algorithm>

#include "app/setting_value.h"

namespace likeness::app {

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

void log_report(const ReloadReport& report, Logger& log) {
  for (const std::string& problem : report.problems) log.error("reload_incomplete", {{"problem", problem}});
  if (!report.need_restart.empty()) {
    log.warning("reload_needs_restart", {{"settings", joined(report.need_restart)}});
  }
  log.info("reloaded", {{"changed", joined(report.changed)}});
}

}  // namespace

std::string report_text(const ReloadReport& report) {
  std::string text = "changed: " + (report.changed.empty() ? "nothing" : joined(report.changed)) + '\n';
  if (!report.need_restart.empty()) text += "waits for a restart: " + joined(report.need_restart) + '\n';
  for (const std::string& problem : report.problems) text += "failed: " + problem + '\n';
  return text;
}

void Reloader::start() {
  const MutexLock lock(mutex_);
  started_ = true;
}

Result<ReloadReport> Reloader::reload() {
  const MutexLock lock(mutex_);
  if (!started_) return Error(ErrorKind::resource_not_ready, "the server is still starting; try again in a moment");
  Result<LoadedSettings> loaded = load_();
  if (!loaded.ok()) {
    log_.error("reload_refused", {{"problem", loaded.error().message}});
    return std::move(loaded).error();
  }
  ServeOptions& next = loaded->options;

  ReloadReport report;
  std::vector<std::string_view> in_order;  // groups whose actions went well
  for (const auto& [group, action] : actions_) {
    const Result<void> done = action(next);
    if (done.ok()) {
      in_order.push_back(group);
    } else {
      report.problems.push_back(group + "*: " + done.error().message);
    }
  }
  const auto in_group = [](const Setting& setting) {
    return [&setting](std::string_view group) { return setting.name.starts_with(group); };
  };
  for (const Setting& setting : settings()) {
    if (same_value(setting, in_force_, next)) continue;
    const bool has_action = std::any_of(actions_.begin(), actions_.end(),
                                        [&](const auto& action) { return setting.name.starts_with(action.first); });
    if (setting.applies == Applies::at_start || !has_action) {
      report.need_restart.emplace_back(setting.name);
    } else if (std::any_of(in_order.begin(), in_order.end(), in_group(setting))) {
      copy_value(setting, next, in_force_);
      report.changed.emplace_back(setting.name);
    }
  }
  log_report(report, log_);
  return report;
}

}  // namespace likeness::app

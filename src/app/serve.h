// `likeness serve`: everything made in dependency order, and run until a signal asks for the end.
//
// Thread rule: called once, from main(), before any other thread exists (it blocks the signals it waits for).
#pragma once

#include "app/load_settings.h"
#include "base/result.h"
#include "server/http_server.h"

namespace likeness::app {

// Prints the endpoint on a line of its own once it answers. Returns after SIGINT or SIGTERM, when what was accepted is
// answered. On SIGHUP `load` is asked for new settings (reload.h).
[[nodiscard]] Result<void> serve(const LoadedSettings& settings, const SettingsLoader& load);

}  // namespace likeness::app

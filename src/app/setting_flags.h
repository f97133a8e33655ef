// The flags of `likeness serve`, from the table of settings.
//
// Thread rule: called once, from main().
#pragma once

#include "app/load_settings.h"

namespace CLI {
class App;
}  // namespace CLI

namespace likeness::app {

// Adds each setting's flag to `command`, and --config. What is given on the command line is put into `sources`, which
// must stay where it is until the command line is parsed.
void add_setting_flags(CLI::App& command, SettingsSources& sources);

}  // namespace likeness::app

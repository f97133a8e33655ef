// `likeness keys ...`: what its commands do, in the server or without one. The command line is in keys_command_line.h.
//
// Each gives text for people or, with the argument "json", one line of JSON. What makes a key or a session gives it in
// the form of AWS's credential_process, so that the AWS CLI and SDKs can call `likeness keys session --json`
// themselves.
//
// Thread rule: as ControlCommands. The ring must outlive the commands.
#pragma once

#include <string_view>

#include "app/control_commands.h"
#include "base/result.h"
#include "base/time.h"
#include "keys/key_ring.h"
#include "store/scope.h"

namespace likeness::app {

// Adds "keys create", "keys list", "keys rotate", "keys enable", "keys disable", "keys policies", "keys delete" and
// "keys session". Arguments: "id", "policy" (repeated), "note", "ttl", "json".
void add_keys_commands(ControlCommands& commands, keys::KeyRing& ring, const store::Scope& scope);

// "15m", "12h", "3600s": a whole number and its unit. Errors: invalid_argument.
[[nodiscard]] Result<Micros> parse_duration(std::string_view text);

}  // namespace likeness::app

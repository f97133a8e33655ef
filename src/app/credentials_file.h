// The first administrator's access key.
//
// It comes from LIKENESS_ACCESS_KEY_ID and LIKENESS_SECRET_ACCESS_KEY, or else from DATA/credentials, a file in the
// form that AWS's tools read (profile "default"), which the first start makes with mode 0600.
//
// Thread rule: called once, from main().
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "keys/identifiers.h"

namespace likeness::app {

// Errors: invalid_argument (only one of the two variables is set, or an id that AWS's tools would not send),
// unavailable (the file cannot be read or written), corrupt (it has no key in it).
[[nodiscard]] Result<keys::NewKey> administrator_key(const std::filesystem::path& data);

// The same, but nothing is made: empty if neither the variables nor the file are there.
[[nodiscard]] Result<std::optional<keys::NewKey>> existing_administrator_key(const std::filesystem::path& data);

}  // namespace likeness::app

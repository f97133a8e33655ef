// What to do about an error that ended an import.
//
// Thread rule: a free function.
#pragma once

#include <string_view>

#include "base/error.h"

namespace likeness::importer {

// Empty where the message of the error says it already.
[[nodiscard]] std::string_view advice_for(ErrorKind kind);

}  // namespace likeness::importer

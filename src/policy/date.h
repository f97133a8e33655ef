// Dates in policies: ISO 8601 as the W3C note "Date and Time Formats" has it, or whole seconds since 1970.
//
//   2026-02-03   2026-02-03T04:05Z   2026-02-03T04:05:06Z   2026-02-03T04:05:06.789Z   2026-02-03T04:05:06+01:00
//
// A date without a time is its first moment, UTC. A time needs its zone. Of a fraction the first six digits count.
//
// Thread rule: a free function.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace likeness::policy {

// Nothing if it is no date, also not one of the calendar (2026-02-30). Years 1970 to 9999.
[[nodiscard]] std::optional<Time> parse_date(std::string_view text);

}  // namespace likeness::policy

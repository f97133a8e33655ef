// Whether bytes are UTF-8.
//
// Thread rule: a free function.
#pragma once

#include <cstddef>
#include <string_view>

namespace likeness {

// The length of the UTF-8 sequence at the start of `text` (RFC 3629), 1 to 4, or 0 if there is none. Precondition: the
// text is not empty.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace likeness

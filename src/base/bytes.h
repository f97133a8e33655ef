// Bytes and their textual forms: hexadecimal and base64 (RFC 4648 section 4, with padding).
//
// Thread rule: free functions on values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace likeness {

using Bytes = std::vector<std::uint8_t>;
using ByteSpan = std::span<const std::uint8_t>;

// A view of the characters of `text` as bytes. Valid as long as the characters are.
[[nodiscard]] ByteSpan as_bytes(std::string_view text);

// Lower-case hexadecimal, two characters a byte.
[[nodiscard]] std::string to_hex(ByteSpan bytes);

[[nodiscard]] std::string to_base64(ByteSpan bytes);

// Strict: the alphabet of RFC 4648 section 4, padded to a multiple of four, no white space.
// Errors: invalid_argument. Allocates three quarters of the text's length, once.
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

}  // namespace likeness

#include "base/ids.h"

#include <array>
#include <cstdint>

#include "base/crypto.h"

namespace likeness {

std::string random_uuid() {
  std::array<std::uint8_t, 16> bytes{};
  random_fill(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // RFC 4122 variant
  std::string text = to_hex(bytes);
  for (const std::size_t position : {8U, 13U, 18U, 23U}) text.insert(position, 1, '-');
  return text;
}

}  // namespace likeness

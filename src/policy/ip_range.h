// Addresses of IPv4 and IPv6 and blocks of them, as aws:SourceIp is compared.
//
// An IPv4 address inside IPv6 ("::ffff:192.0.2.1", which is how a socket of both families names its peer) counts as the
// IPv4 address. A block of one family holds no address of the other.
//
// Thread rule: plain values and free functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace likeness::policy {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 in the first four
  bool is_v4 = false;

  bool operator==(const IpAddress&) const = default;
};

struct IpRange {
  IpAddress base;
  unsigned prefix = 0;  // bits: 0..32 or 0..128

  bool operator==(const IpRange&) const = default;
};

// "192.0.2.1" or "2001:db8::1". No zone, no port.
[[nodiscard]] std::optional<IpAddress> parse_ip_address(std::string_view text);

// "192.0.2.0/24", "2001:db8::/32", or one address. Bits after the prefix do not count.
[[nodiscard]] std::optional<IpRange> parse_ip_range(std::string_view text);

[[nodiscard]] bool contains(const IpRange& range, const IpAddress& address);

}  // namespace likeness::policy

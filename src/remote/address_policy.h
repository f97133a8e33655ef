// Which addresses an outgoing connection may go to. It is asked about every address that a name resolved to, at the
// moment a socket is made for it, so a name that answers differently the second time wins nothing.
//
//  - No block is listed: addresses of the public internet, and no others.
//  - Blocks are listed: addresses in one of them, and no others. A special-purpose address (loopback, private, shared)
//    passes only if a block lies within its special block, so that 0.0.0.0/0 opens the internet and not the machine.
//  - Never, whatever is listed: this network (0.0.0.0/8), link-local (169.254.0.0/16 with the metadata services of
//    clouds, fe80::/10), multicast, reserved, and IPv6 addresses that carry an IPv4 address in them other than mapped
//    ones (NAT64, 6to4, Teredo). A mapped address (::ffff:127.0.0.1) is the IPv4 address in it.
// Source of the blocks: RFC 6890 and IANA's special-purpose address registries.
//
// Thread rule: constant after construction; callable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

struct sockaddr;

namespace likeness::remote {

// 16 bytes in network order; an IPv4 address is held mapped (::ffff:a.b.c.d).
using IpAddress = std::array<std::uint8_t, 16>;

// "192.0.2.7", "2001:db8::1", without brackets or zone. Empty if it is none.
[[nodiscard]] std::optional<IpAddress> parse_ip_address(std::string_view text);
// Empty for a family that is neither IPv4 nor IPv6.
[[nodiscard]] std::optional<IpAddress> ip_address_of(const sockaddr& address);

struct AddressBlock {
  IpAddress first{};  // its bits behind the prefix are zero
  int prefix = 128;   // bits of the 128; of an IPv4 block 96 + its own

  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] bool contains(const AddressBlock& other) const;
};

// "10.1.0.0/16", "fd00::/8", or an address alone. Errors: invalid_argument (no such block, or bits behind the prefix).
[[nodiscard]] Result<AddressBlock> parse_address_block(std::string_view text);

class AddressPolicy {
 public:
  explicit AddressPolicy(std::vector<AddressBlock> listed) : listed_(std::move(listed)) {}

  // Errors: invalid_argument (a text is no block, or is one that is never allowed).
  [[nodiscard]] static Result<AddressPolicy> parse(const std::vector<std::string>& blocks);

  [[nodiscard]] bool allows(const IpAddress& address) const;

 private:
  std::vector<AddressBlock> listed_;
};

}  // namespace likeness::remote

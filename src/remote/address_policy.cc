#include "remote/address_policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace likeness::remote {

namespace {

constexpr IpAddress mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0};

constexpr AddressBlock v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, int prefix) {
  AddressBlock block{.first = mapped_prefix, .prefix = 96 + prefix};
  block.first[12] = a;
  block.first[13] = b;
  block.first[14] = c;
  return block;
}

constexpr AddressBlock v6(std::uint16_t first, std::uint16_t second, std::uint16_t third, int prefix) {
  AddressBlock block{.first = {}, .prefix = prefix};
  block.first[0] = static_cast<std::uint8_t>(first >> 8U);
  block.first[1] = static_cast<std::uint8_t>(first & 0xFFU);
  block.first[2] = static_cast<std::uint8_t>(second >> 8U);
  block.first[3] = static_cast<std::uint8_t>(second & 0xFFU);
  block.first[4] = static_cast<std::uint8_t>(third >> 8U);
  block.first[5] = static_cast<std::uint8_t>(third & 0xFFU);
  return block;
}

constexpr AddressBlock never_allowed[] = {
    v4(0, 0, 0, 8),           // this network
    v4(169, 254, 0, 16),      // link-local: metadata services
    v4(224, 0, 0, 4),         // multicast
    v4(240, 0, 0, 4),         // reserved, and broadcast
    v6(0x64, 0xFF9B, 0, 96),  // NAT64: an IPv4 address behind it
    v6(0x64, 0xFF9B, 1, 48),  // NAT64 of a local prefix
    v6(0x2002, 0, 0, 16),     // 6to4: an IPv4 address in it
    v6(0x2001, 0, 0, 32),     // Teredo: an IPv4 address in it
    v6(0xFE80, 0, 0, 10),     // link-local
    v6(0xFEC0, 0, 0, 10),     // site-local, deprecated
    v6(0xFF00, 0, 0, 8),      // multicast
};

// Each needs a listed block that names it or a part of it.
constexpr AddressBlock special[] = {
    v4(10, 0, 0, 8),           // private
    v4(100, 64, 0, 10),        // shared, carrier-grade NAT
    v4(127, 0, 0, 8),          // loopback
    v4(172, 16, 0, 12),        // private
    v4(192, 0, 0, 24),         // IETF protocol assignments
    v4(192, 0, 2, 24),         // documentation
    v4(192, 88, 99, 24),       // 6to4 relay, deprecated
    v4(192, 168, 0, 16),       // private
    v4(198, 18, 0, 15),        // benchmarks
    v4(198, 51, 100, 24),      // documentation
    v4(203, 0, 113, 24),       // documentation
    v6(0x100, 0, 0, 64),       // discard only
    v6(0x2001, 0xDB8, 0, 32),  // documentation
    v6(0xFC00, 0, 0, 7),       // unique local
};

// ::1, and ::, and ::a.b.c.d (deprecated) beside it.
constexpr AddressBlock low_v6{.first = {}, .prefix = 96};
constexpr AddressBlock loopback_v6{.first = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, .prefix = 128};
constexpr AddressBlock all_v4 = v4(0, 0, 0, 0);
constexpr AddressBlock global_v6 = v6(0x2000, 0, 0, 3);  // all that IANA has given out

bool is_never_allowed(const IpAddress& address) {
  if (low_v6.contains(address)) return !loopback_v6.contains(address);
  return std::ranges::any_of(never_allowed, [&](const AddressBlock& block) { return block.contains(address); });
}

// The special block an address is in, if it is in one.
std::optional<AddressBlock> special_block_of(const IpAddress& address) {
  if (loopback_v6.contains(address)) return loopback_v6;
  for (const AddressBlock& block : special) {
    if (block.contains(address)) return block;
  }
  // What is neither IPv4 nor in a part of IPv6 that is in use must be listed too.
  if (!all_v4.contains(address) && !global_v6.contains(address)) return AddressBlock{.first = address, .prefix = 128};
  return std::nullopt;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  const std::string terminated(text.substr(0, INET6_ADDRSTRLEN));
  if (terminated.size() != text.size() || terminated.find('\0') != std::string::npos) return std::nullopt;
  IpAddress address = mapped_prefix;
  if (inet_pton(AF_INET, terminated.c_str(), address.data() + 12) == 1) return address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

std::optional<IpAddress> ip_address_of(const sockaddr& address) {
  IpAddress result = mapped_prefix;
  if (address.sa_family == AF_INET) {
    sockaddr_in v4_address{};
    std::memcpy(&v4_address, &address, sizeof v4_address);
    std::memcpy(result.data() + 12, &v4_address.sin_addr, 4);
    return result;
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6_address{};
    std::memcpy(&v6_address, &address, sizeof v6_address);
    std::memcpy(result.data(), &v6_address.sin6_addr, 16);
    return result;
  }
  return std::nullopt;
}

bool AddressBlock::contains(const IpAddress& address) const {
  const auto whole = static_cast<std::size_t>(prefix / 8);
  if (!std::equal(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(whole), address.begin())) return false;
  const int rest = prefix % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned>(0xFF << (8 - rest)) & 0xFFU;
  return (first[whole] & mask) == (address[whole] & mask);
}

bool AddressBlock::contains(const AddressBlock& other) const { return other.prefix >= prefix && contains(other.first); }

Result<AddressBlock> parse_address_block(std::string_view text) {
  const Error wrong(ErrorKind::invalid_argument,
                    "'" + std::string(text.substr(0, 100)) +
                        "' is no block of addresses; write for example 10.1.0.0/16, fd00:1::/32 or 127.0.0.1");
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::optional<IpAddress> address = parse_ip_address(text.substr(0, slash));
  if (!address) return wrong;
  const bool is_v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  AddressBlock block{.first = *address, .prefix = 128};
  if (slash < text.size()) {
    const std::string_view digits = text.substr(slash + 1);
    int bits = -1;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (failure != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > (is_v4 ? 32 : 128)) {
      return wrong;
    }
    block.prefix = is_v4 ? 96 + bits : bits;
  }
  for (int bit = block.prefix; bit < 128; ++bit) {
    const unsigned byte = block.first[static_cast<std::size_t>(bit / 8)];
    if ((byte >> static_cast<unsigned>(7 - bit % 8) & 1U) != 0) {
      return Error(
          ErrorKind::invalid_argument,
          "'" + std::string(text.substr(0, 100)) + "' has bits set behind its prefix; write the block's first address");
    }
  }
  return block;
}

Result<AddressPolicy> AddressPolicy::parse(const std::vector<std::string>& blocks) {
  std::vector<AddressBlock> listed;
  for (const std::string& text : blocks) {
    const AddressBlock block = TRY(parse_address_block(text));
    const bool useless = std::ranges::any_of(never_allowed, [&](const auto& never) { return never.contains(block); }) ||
                         (low_v6.contains(block) && !loopback_v6.contains(block));
    if (useless) {
      return Error(
          ErrorKind::invalid_argument,
          "'" + text.substr(0, 100) +
              "' cannot be allowed: connections to link-local, multicast and reserved addresses are never made");
    }
    listed.push_back(block);
  }
  return AddressPolicy(std::move(listed));
}

bool AddressPolicy::allows(const IpAddress& address) const {
  if (is_never_allowed(address)) return false;
  const std::optional<AddressBlock> home = special_block_of(address);
  if (listed_.empty()) return !home;
  return std::ranges::any_of(
      listed_, [&](const AddressBlock& block) { return block.contains(address) && (!home || home->contains(block)); });
}

}  // namespace likeness::remote

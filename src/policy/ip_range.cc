#include "policy/ip_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace likeness::policy {

namespace {

constexpr unsigned bits_of_v4 = 32;
constexpr unsigned bits_of_v6 = 128;
constexpr std::size_t bytes_of_v4 = 4;
constexpr std::size_t longest_address = 45;  // INET6_ADDRSTRLEN without its end
constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  if (text.size() > longest_address) return std::nullopt;
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  IpAddress address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.is_v4 = true;
    return address;
  }
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) != 1) return std::nullopt;
  if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin())) {
    IpAddress inner;
    inner.is_v4 = true;
    std::copy_n(address.bytes.begin() + mapped_prefix.size(), bytes_of_v4, inner.bytes.begin());
    return inner;
  }
  return address;
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> base = parse_ip_address(text.substr(0, slash));
  if (!base) return std::nullopt;
  const unsigned bits = base->is_v4 ? bits_of_v4 : bits_of_v6;
  if (slash == std::string_view::npos) return IpRange{.base = *base, .prefix = bits};
  const std::string_view digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc() || end != digits.data() + digits.size() || prefix > bits) return std::nullopt;
  return IpRange{.base = *base, .prefix = prefix};
}

bool contains(const IpRange& range, const IpAddress& address) {
  constexpr unsigned bits_of_byte = 8;
  if (range.base.is_v4 != address.is_v4) return false;
  for (unsigned bit = 0; bit < range.prefix; ++bit) {
    const unsigned mask = 0x80U >> (bit % bits_of_byte);
    const unsigned difference = static_cast<unsigned>(range.base.bytes[bit / bits_of_byte]) ^
                                static_cast<unsigned>(address.bytes[bit / bits_of_byte]);
    if ((difference & mask) != 0) return false;
  }
  return true;
}

}  // namespace likeness::policy

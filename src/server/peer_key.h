// Whom a client address counts as, for the cap on connections of one client.
//
// IPv4: the address. IPv6: its /64 network, because a single customer is given at least that many addresses (RFC 6177)
// and could come with a new one each time. IPv4 in IPv6's clothes (::ffff:192.0.2.1) is IPv4.
//
// Thread rule: a free function on values.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <string>

namespace likeness::server {

inline std::string peer_key(const boost::asio::ip::address& address) {
  namespace ip = boost::asio::ip;
  if (address.is_v4()) return address.to_string();
  const ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6).to_string();
  ip::address_v6::bytes_type bytes = v6.to_bytes();
  for (std::size_t i = 8; i < bytes.size(); ++i) bytes.at(i) = 0;
  return ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace likeness::server

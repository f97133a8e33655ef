// "HOST:PORT" of the command line.
//
// Thread rule: a free function on values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace likeness::app {

struct ListenAddress {
  std::string host;        // an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;  // 0: a free one

  // Whether only this machine reaches it.
  [[nodiscard]] bool is_loopback() const { return host.starts_with("127.") || host == "::1"; }
};

// "127.0.0.1:8080", "[::1]:0", "localhost:8080". Errors: invalid_argument.
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace likeness::app

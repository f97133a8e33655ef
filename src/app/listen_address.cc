#include "app/listen_address.h"

#include <charconv>

namespace likeness::app {

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const Error wrong(ErrorKind::invalid_argument,
                    "'" + std::string(text.substr(0, 100)) +
                        "' is no HOST:PORT; write for example 127.0.0.1:8080, or port 0 for a free one");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc() || end != digits.data() + digits.size()) return wrong;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return wrong;  // an IPv6 address needs its brackets
  }
  if (host.empty()) return wrong;
  return ListenAddress{.host = host == "localhost" ? "127.0.0.1" : std::string(host), .port = port};
}

}  // namespace likeness::app

// The slow and obvious twin of percent_encoding.h, for tests and fuzzers only.
#pragma once

#include <cctype>
#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>

namespace likeness::remote::naive {

inline std::string percent_encode(std::string_view text, std::string_view also_kept) {
  std::ostringstream out;
  out << std::hex << std::uppercase << std::setfill('0');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 128 && std::isalnum(byte) != 0) ||
        (std::string("-._~").append(also_kept)).find(c) != std::string::npos) {
      out << c;
    } else {
      out << '%' << std::setw(2) << static_cast<int>(byte);
    }
  }
  return out.str();
}

}  // namespace likeness::remote::naive

#include "remote/percent_encoding.h"

#include <array>

namespace likeness::remote {

namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

constexpr std::array<bool, 256> unreserved = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

std::string encode(std::string_view text, bool keep_slash) {
  std::string result;
  result.reserve(text.size() * 3);
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (unreserved[byte] || (keep_slash && character == '/')) {
      result.push_back(character);
      continue;
    }
    const char escape[] = {'%', digits[byte >> 4U], digits[byte & 0xFU]};
    result.append(escape, sizeof escape);
  }
  return result;
}

}  // namespace

std::string encode_path(std::string_view key) { return encode(key, true); }

std::string encode_query_value(std::string_view value) { return encode(value, false); }

}  // namespace likeness::remote

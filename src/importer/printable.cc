#include "importer/printable.h"

#include <cstddef>
#include <cstdint>

#include "base/utf8.h"

namespace likeness::importer {

namespace {

constexpr std::uint8_t first_printable = 0x20;
constexpr std::uint8_t del = 0x7F;
constexpr std::uint8_t lead_of_c1 = 0xC2;  // U+0080 to U+009F are C2 80 to C2 9F
constexpr std::uint8_t last_of_c1 = 0x9F;

bool is_control(std::string_view character) {
  const auto first = static_cast<std::uint8_t>(character.front());
  if (character.size() == 1) return first < first_printable || first == del;
  return first == lead_of_c1 && static_cast<std::uint8_t>(character[1]) <= last_of_c1;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || is_control(character)) {
      result.push_back('?');
    } else {
      result += character;
    }
    text.remove_prefix(character.size());
  }
  return result;
}

}  // namespace likeness::importer

#include "policy/wildcard.h"

namespace likeness::policy {

namespace {

// Past the character at `at`: its continuation bytes (0b10xxxxxx) belong to it.
std::size_t next_character(std::string_view text, std::size_t at) {
  constexpr unsigned mark_bits = 0xC0;
  constexpr unsigned continuation = 0x80;
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & mark_bits) == continuation) ++at;
  return at;
}

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = none;   // where in the pattern the last `*` stands
  std::size_t star_end = 0;  // up to where in the text it reaches
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = next_character(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != none) {
      p = star + 1;
      t = ++star_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace likeness::policy

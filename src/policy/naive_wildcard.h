// The twin of matches_wildcard() for tests: all characters decoded, one table of "does this start of the pattern cover
// this start of the text".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace likeness::policy::naive {

inline std::vector<std::string> characters(std::string_view text) {
  std::vector<std::string> result;
  for (const char c : text) {
    if (!result.empty() && (static_cast<unsigned char>(c) & 0xC0U) == 0x80U) {
      result.back().push_back(c);
    } else {
      result.emplace_back(1, c);
    }
  }
  return result;
}

inline bool matches_wildcard(std::string_view pattern_text, std::string_view text_text) {
  const std::vector<std::string> pattern = characters(pattern_text);
  const std::vector<std::string> text = characters(text_text);
  std::vector<std::vector<bool>> covers(pattern.size() + 1, std::vector<bool>(text.size() + 1, false));
  covers[0][0] = true;
  for (std::size_t p = 1; p <= pattern.size(); ++p) {
    for (std::size_t t = 0; t <= text.size(); ++t) {
      if (pattern[p - 1] == "*") {
        covers[p][t] = covers[p - 1][t] || (t > 0 && covers[p][t - 1]);
      } else {
        covers[p][t] = t > 0 && covers[p - 1][t - 1] && (pattern[p - 1] == "?" || pattern[p - 1] == text[t - 1]);
      }
    }
  }
  return covers[pattern.size()][text.size()];
}

}  // namespace likeness::policy::naive

#include "app/suggest.h"

#include <algorithm>
#include <array>

namespace likeness::app {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > max_suggested_characters || b.size() > max_suggested_characters) return max_suggested_characters;
  // Three rows of the table are enough: a swap looks two rows back.
  using Row = std::array<std::size_t, max_suggested_characters + 1>;
  Row before{};
  Row previous{};
  Row current{};
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    before = previous;
    previous = current;
  }
  return previous[b.size()];
}

std::string_view suggest(std::string_view name, std::span<const std::string_view> known) {
  std::string_view closest;
  std::size_t least = name.size() / 3 + 1;
  for (const std::string_view candidate : known) {
    const std::size_t dot = candidate.rfind('.');
    const bool is_last_part = dot != std::string_view::npos && candidate.substr(dot + 1) == name;
    const std::size_t distance = is_last_part ? 0 : edit_distance(name, candidate);
    if (distance < least) {
      least = distance;
      closest = candidate;
    }
  }
  return closest;
}

}  // namespace likeness::app

// "Did you mean ...?": which of the known names is closest to one that is unknown.
//
// Thread rule: free functions on values.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace likeness::app {

// Insertions, deletions, replacements and swaps of neighbours that make one text of the other (optimal string
// alignment: Damerau 1964, without editing a swapped pair again). Names longer than max_suggested_characters are not
// compared: the distance is then that length.
inline constexpr std::size_t max_suggested_characters = 64;
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The closest of `known`, or empty if none is close: at most a third of the name's characters may be wrong. A name
// that is the last part of a known one ("listen" of "server.listen") is as close as can be.
[[nodiscard]] std::string_view suggest(std::string_view name, std::span<const std::string_view> known);

}  // namespace likeness::app

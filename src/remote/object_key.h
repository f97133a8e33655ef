// Names of objects that are files: which keys may name one, and how they are taken apart.
//
// A key names at most one file and a file has one key, so what the file system would read as the same is refused: no
// empty, "." or ".." segment, no NUL, no leading or trailing '/'. Names that begin with ".likeness-" are our own
// unfinished files.
//
// Thread rule: a free function on values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness::remote {

inline constexpr std::string_view unfinished_prefix = ".likeness-";

// "2026/party/1.jpg" -> its segments, 1 to 128 of them, each of 1 to 255 bytes; 1024 bytes in all. Empty if the key
// can name no file.
[[nodiscard]] std::optional<std::vector<std::string>> file_segments(std::string_view key);

}  // namespace likeness::remote

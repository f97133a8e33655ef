#include "remote/object_key.h"

namespace likeness::remote {

namespace {

constexpr std::size_t longest_key = 1024;
constexpr std::size_t longest_segment = 255;  // NAME_MAX
constexpr std::size_t most_segments = 128;

bool is_file_name(std::string_view segment) {
  return !segment.empty() && segment.size() <= longest_segment && segment != "." && segment != ".." &&
         segment.find('\0') == std::string_view::npos && !segment.starts_with(unfinished_prefix);
}

}  // namespace

std::optional<std::vector<std::string>> file_segments(std::string_view key) {
  if (key.size() > longest_key) return std::nullopt;
  std::vector<std::string> segments;
  for (;;) {
    const std::size_t end = key.find('/');
    const std::string_view segment = key.substr(0, end);
    if (!is_file_name(segment) || segments.size() == most_segments) return std::nullopt;
    segments.emplace_back(segment);
    if (end == std::string_view::npos) return segments;
    key.remove_prefix(end + 1);
  }
}

}  // namespace likeness::remote

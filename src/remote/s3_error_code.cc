#include "remote/s3_error_code.h"

#include <algorithm>

namespace likeness::remote {

namespace {

constexpr std::size_t longest_code = 64;

bool is_letter_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::string_view s3_error_code(std::string_view document) {
  constexpr std::string_view opening = "<Code>";
  const std::size_t start = document.find(opening);
  if (start == std::string_view::npos) return {};
  document.remove_prefix(start + opening.size());
  const std::size_t length =
      static_cast<std::size_t>(std::ranges::find_if_not(document, is_letter_or_digit) - document.begin());
  if (length > longest_code || !document.substr(length).starts_with("</Code>")) return {};
  return document.substr(0, length);
}

}  // namespace likeness::remote

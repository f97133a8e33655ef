#include "sigv4/canonical_request.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace likeness::sigv4 {

namespace {

char lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower_text) {
  return std::equal(text.begin(), text.end(), lower_text.begin(), lower_text.end(),
                    [](char a, char b) { return lower(a) == b; });
}

// RFC 3986 section 2.3.
bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char character : text) {
    if (is_unreserved(character)) {
      out.push_back(character);
      continue;
    }
    const auto byte = static_cast<unsigned char>(character);
    out.push_back('%');
    out.push_back(digits[byte >> 4U]);
    out.push_back(digits[byte & 0xFU]);
  }
}

// The value of a hexadecimal digit, or -1.
int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? digit_value(text[i + 1]) : -1;
    const int low = escape ? digit_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      result.push_back(text[i]);
      continue;
    }
    result.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return result;
}

// Calls `visit` with each piece of `text` between separators, as often as there are separators and once more.
template <typename Visitor>
void for_each_piece(std::string_view text, char separator, Visitor visit) {
  for (;;) {
    const std::size_t end = text.find(separator);
    visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

void append_trimmed(std::string& out, std::string_view value) {
  bool pending_space = false;
  bool started = false;
  for (const char character : value) {
    if (character == ' ' || character == '\t' || character == '\r' || character == '\n') {
      pending_space = started;
      continue;
    }
    if (pending_space) out.push_back(' ');
    out.push_back(character);
    pending_space = false;
    started = true;
  }
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string uri_encoded(std::string_view text) {
  std::string result;
  append_encoded(result, text);
  return result;
}

std::string canonical_path(std::string_view path) {
  std::vector<std::string_view> segments;
  for_each_piece(path, '/', [&](std::string_view segment) {
    if (segment.empty() || segment == ".") return;
    if (segment != "..") {
      segments.push_back(segment);
    } else if (!segments.empty()) {
      segments.pop_back();
    }
  });
  std::string result;
  for (const std::string_view segment : segments) {
    result.push_back('/');
    append_encoded(result, segment);
  }
  if (result.empty() || path.back() == '/') result.push_back('/');
  return result;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const std::size_t question_mark = target.find('?');
  return question_mark == std::string_view::npos ? std::string_view() : target.substr(question_mark + 1);
}

std::vector<std::pair<std::string, std::string>> decoded_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for_each_piece(query, '&', [&](std::string_view parameter) {
    if (parameter.empty()) return;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    parameters.emplace_back(decoded(parameter.substr(0, equals)), decoded(value));
  });
  return parameters;
}

std::string canonical_query(std::string_view query, std::string_view omitted) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto& [name, value] : decoded_query(query)) {
    if (omitted.empty() || name != omitted) parameters.emplace_back(uri_encoded(name), uri_encoded(value));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string result;
  for (const auto& [name, value] : parameters) {
    if (!result.empty()) result.push_back('&');
    result.append(name).append("=").append(value);
  }
  return result;
}

std::optional<std::string> canonical_header(std::span<const HeaderView> headers, std::string_view lower_name) {
  std::optional<std::string> result;
  for (const HeaderView& header : headers) {
    if (!equal_ignoring_case(header.name, lower_name)) continue;
    if (result) {
      result->push_back(',');
    } else {
      result.emplace();
    }
    append_trimmed(*result, header.value);
  }
  return result;
}

std::optional<std::string> canonical_request(const RequestView& request, std::span<const std::string> signed_headers,
                                             std::string_view payload_hash, std::string_view omitted) {
  std::string result(request.method);
  const std::string_view path = path_of(request.target);
  result.append("\n").append(request.path_form == PathForm::as_sent ? std::string(path) : canonical_path(path));
  result.append("\n").append(canonical_query(query_of(request.target), omitted));
  result.push_back('\n');
  std::string names;
  for (const std::string& name : signed_headers) {
    const std::optional<std::string> value = canonical_header(request.headers, name);
    if (!value) return std::nullopt;
    result.append(name).append(":").append(*value).append("\n");
    if (!names.empty()) names.push_back(';');
    names.append(name);
  }
  result.append("\n").append(names).append("\n").append(payload_hash);
  return result;
}

}  // namespace likeness::sigv4

// The naive twin of canonical_request.cc, for tests and the fuzzer: the specification word for word, through streams,
// maps and repeated string surgery, sharing no code with the real one.
#pragma once

#include <cctype>
#include <cstdio>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

#include "sigv4/request_view.h"

namespace likeness::sigv4::naive {

inline std::string uri_encode(const std::string& text) {
  const std::string unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char character : text) {
    char escape[4];
    (void)std::snprintf(escape, sizeof(escape), "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(character)));
    out += unreserved.find(character) != std::string::npos ? std::string(1, character) : std::string(escape);
  }
  return out;
}

inline std::string uri_decode(const std::string& text) {
  const std::string digits = "0123456789abcdef";
  const auto digit = [&](char c) {
    return digits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string two = i + 2 < text.size() ? text.substr(i + 1, 2) : "";
    if (text[i] == '%' && two.size() == 2 && digit(two[0]) != std::string::npos && digit(two[1]) != std::string::npos) {
      out += static_cast<char>(digit(two[0]) * 16 + digit(two[1]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

inline std::string canonical_path(const std::string& path) {
  std::list<std::string> kept;
  std::istringstream stream(path);
  for (std::string segment; std::getline(stream, segment, '/');) {
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string out = "/";
  for (const std::string& segment : kept) out += uri_encode(segment) + "/";
  const bool slash = !path.empty() && path[path.size() - 1] == '/';
  return kept.empty() || slash ? out : out.substr(0, out.size() - 1);
}

inline std::string canonical_query(const std::string& query, const std::string& omitted = "") {
  std::map<std::string, std::multiset<std::string>> parameters;
  std::istringstream stream(query);
  for (std::string parameter; std::getline(stream, parameter, '&');) {
    if (parameter.empty()) continue;
    const std::size_t equals = parameter.find('=');
    const std::string value = equals == std::string::npos ? "" : parameter.substr(equals + 1);
    if (!omitted.empty() && uri_decode(parameter.substr(0, equals)) == omitted) continue;
    parameters[uri_encode(uri_decode(parameter.substr(0, equals)))].insert(uri_encode(uri_decode(value)));
  }
  std::string out;
  for (const auto& [name, values] : parameters) {
    for (const std::string& value : values) out.append("&").append(name).append("=").append(value);
  }
  return out.empty() ? out : out.substr(1);
}

inline std::string trim_all(std::string text) {
  for (char& character : text) character = std::string("\t\r\n").find(character) != std::string::npos ? ' ' : character;
  for (std::size_t at = text.find("  "); at != std::string::npos; at = text.find("  ")) text.erase(at, 1);
  if (!text.empty() && text.front() == ' ') text.erase(0, 1);
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

inline std::optional<std::string> canonical_request(const RequestView& request,
                                                    std::span<const std::string> signed_headers,
                                                    const std::string& payload_hash, const std::string& omitted = "") {
  std::map<std::string, std::string> all;
  for (const HeaderView& header : request.headers) {
    std::string name(header.name);
    for (char& character : name) character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    const std::string value = trim_all(std::string(header.value));
    if (all.count(name) > 0) all[name] += ",";
    all[name] += value;
  }
  const std::string target(request.target);
  const std::size_t mark = target.find('?');
  std::ostringstream out;
  out << request.method << '\n' << canonical_path(target.substr(0, mark)) << '\n';
  out << (mark == std::string::npos ? "" : canonical_query(target.substr(mark + 1), omitted)) << '\n';
  std::string names;
  for (const std::string& name : signed_headers) {
    if (all.count(name) == 0) return std::nullopt;
    out << name << ':' << all[name] << '\n';
    names += (names.empty() ? "" : ";") + name;
  }
  out << '\n' << names << '\n' << payload_hash;
  return out.str();
}

}  // namespace likeness::sigv4::naive

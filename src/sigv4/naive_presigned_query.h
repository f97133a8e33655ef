// The naive twin of presigned_query.cc, for tests and the fuzzer: the rules of the query's form, one after the other,
// through regular expressions and counting, with nothing but yes or no for an answer.
#pragma once

#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "sigv4/naive_canonical_request.h"
#include "sigv4/request_view.h"

namespace likeness::sigv4::naive {

// Each parameter's values by its decoded name.
inline std::map<std::string, std::vector<std::string>> parameters_of(const std::string& target) {
  std::map<std::string, std::vector<std::string>> parameters;
  const std::size_t mark = target.find('?');
  if (mark == std::string::npos) return parameters;
  std::istringstream stream(target.substr(mark + 1));
  for (std::string pair; std::getline(stream, pair, '&');) {
    const std::size_t equals = pair.find('=');
    const std::string name = uri_decode(pair.substr(0, equals));
    if (!pair.empty())
      parameters[name].push_back(equals == std::string::npos ? "" : uri_decode(pair.substr(equals + 1)));
  }
  return parameters;
}

inline std::string lower_case(std::string text) {
  for (char& character : text) character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  return text;
}

// How many headers have that name.
inline std::size_t count_of(const RequestView& request, const std::string& lower_name) {
  std::size_t count = 0;
  for (const HeaderView& header : request.headers) {
    if (lower_case(std::string(header.name)) == lower_name) ++count;
  }
  return count;
}

// Whether a presigned query with at most 64 signed names is well-formed; dates are not looked up in a calendar.
inline bool is_well_formed(const RequestView& request) {
  const auto parameters = parameters_of(std::string(request.target));
  const auto one = [&](const std::string& name) {
    const auto found = parameters.find(name);
    return found == parameters.end() || found->second.size() != 1 ? std::string() : found->second[0];
  };
  const std::string date = one("X-Amz-Date");
  if (one("X-Amz-Algorithm") != "AWS4-HMAC-SHA256" || one("X-Amz-Signature").empty()) return false;
  if (!std::regex_match(date, std::regex("[0-9]{8}T[0-9]{6}Z"))) return false;
  if (!std::regex_match(one("X-Amz-Expires"), std::regex("[0-9]{1,6}"))) return false;
  if (std::stoi(one("X-Amz-Expires")) < 1 || std::stoi(one("X-Amz-Expires")) > 604800) return false;
  const std::regex credential("[^/]{1,128}/" + date.substr(0, 8) + "/[^/]*/[^/]*/aws4_request");
  if (!std::regex_match(one("X-Amz-Credential"), credential)) return false;

  std::map<std::string, int> names;
  std::istringstream stream(one("X-Amz-SignedHeaders"));
  for (std::string name; std::getline(stream, name, ';');) ++names[lower_case(name)];
  if (one("X-Amz-SignedHeaders").empty() || one("X-Amz-SignedHeaders").back() == ';') return false;
  if (names.count("") > 0 || names.count("host") == 0) return false;
  for (const auto& [name, times] : names) {
    if (times > 1) return false;
  }
  for (const HeaderView& header : request.headers) {
    const std::string name = lower_case(std::string(header.name));
    if (name.rfind("x-amz-", 0) == 0 && names.count(name) == 0) return false;
  }
  for (const std::string name : {"X-Amz-Security-Token", "X-Amz-Content-Sha256"}) {
    const auto found = parameters.find(name);
    const std::size_t in_query = found == parameters.end() ? 0 : found->second.size();
    if (in_query + count_of(request, lower_case(name)) > 1) return false;
    if (name == "X-Amz-Security-Token" && in_query == 1 && (one(name).empty() || one(name).size() > 4096)) return false;
  }
  for (const HeaderView& header : request.headers) {
    if (lower_case(std::string(header.name)) != "x-amz-security-token") continue;
    const std::string token = trim_all(std::string(header.value));
    if (token.empty() || token.size() > 4096) return false;
  }
  return true;
}

}  // namespace likeness::sigv4::naive

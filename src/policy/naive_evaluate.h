// The twin of parse_document() and evaluate() for tests: works on the words of a policy as they are written, reads
// them anew for each question, and asks every statement before it answers. It knows whole numbers, dates of one form
// and IPv4 only, which is what the test's policies are made of.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "policy/naive_wildcard.h"

namespace likeness::policy::naive {

struct Line {
  std::string op;
  std::string key;
  std::vector<std::string> values;
};

struct Statement {
  std::string effect;
  std::string action_element;  // "Action" or "NotAction"
  std::vector<std::string> actions;
  std::string resource_element;
  std::vector<std::string> resources;
  std::vector<Line> conditions;
};

struct Request {
  std::string action;
  std::string resource;
  std::map<std::string, std::vector<std::string>> keys;  // in lower case, with their values
};

inline std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

inline std::string address_bits(const std::string& address) {
  std::string bits;
  std::size_t begin = 0;
  for (int part = 0; part < 4; ++part) {
    const int value = std::stoi(address.substr(begin));
    for (int bit = 7; bit >= 0; --bit) bits += ((value >> bit) & 1) != 0 ? '1' : '0';
    begin = address.find('.', begin) + 1;
  }
  return bits;
}

inline bool compares(const std::string& op, const std::string& text, const std::string& value) {
  if (op == "StringEquals") return text == value;
  if (op == "StringEqualsIgnoreCase") return lower(text) == lower(value);
  if (op == "StringLike") return matches_wildcard(value, text);
  if (op == "Bool") return lower(text) == lower(value);
  if (op == "IpAddress") {
    const std::size_t slash = value.find('/');
    const auto prefix = static_cast<std::size_t>(std::stoi(value.substr(slash + 1)));
    return address_bits(text).substr(0, prefix) == address_bits(value.substr(0, slash)).substr(0, prefix);
  }
  // Dates of one form are in the order of their text.
  const bool numeric = op.starts_with("Numeric");
  const bool less = numeric ? std::stol(text) < std::stol(value) : text < value;
  const bool greater = numeric ? std::stol(text) > std::stol(value) : text > value;
  const std::string order = op.substr(numeric ? 7 : 4);
  if (order == "Equals") return !less && !greater;
  if (order == "LessThan") return less;
  if (order == "LessThanEquals") return !greater;
  if (order == "GreaterThan") return greater;
  return !less;
}

inline bool holds(const Line& line, const Request& request) {
  std::string op = line.op;
  const auto found = request.keys.find(lower(line.key));
  const std::vector<std::string> texts = found == request.keys.end() ? std::vector<std::string>() : found->second;
  if (op == "Null") return (line.values[0] == "true") == texts.empty();
  const bool any = op.starts_with("ForAnyValue:");
  const bool all = op.starts_with("ForAllValues:");
  if (any || all) op = op.substr(op.find(':') + 1);
  const bool if_exists = op.ends_with("IfExists");
  if (if_exists) op = op.substr(0, op.size() - 8);
  const std::size_t negation = op.find("Not");
  const bool negated = negation != std::string::npos;
  if (negated) op = op.substr(0, negation) + op.substr(negation + 3);
  if (texts.empty()) return if_exists || all || (negated && !any);
  int good = 0;
  for (const std::string& text : texts) {
    int matching = 0;
    for (const std::string& value : line.values) matching += compares(op, text, value) ? 1 : 0;
    good += (negated ? matching == 0 : matching > 0) ? 1 : 0;
  }
  return all ? good == static_cast<int>(texts.size()) : good > 0;
}

inline bool applies(const Statement& statement, const Request& request) {
  bool action = false;
  for (const std::string& pattern : statement.actions) {
    action = matches_wildcard(lower(pattern), lower(request.action)) || action;
  }
  bool resource = false;
  for (const std::string& pattern : statement.resources) {
    resource = matches_wildcard(pattern, request.resource) || resource;
  }
  bool conditions = true;
  for (const Line& line : statement.conditions) conditions = holds(line, request) && conditions;
  return action == (statement.action_element == "Action") && resource == (statement.resource_element == "Resource") &&
         conditions;
}

// "allow", "deny" or "nothing".
inline std::string evaluate(const std::vector<Statement>& statements, const Request& request) {
  int allows = 0;
  int denies = 0;
  for (const Statement& statement : statements) {
    if (applies(statement, request)) ++(statement.effect == "Allow" ? allows : denies);
  }
  if (denies > 0) return "deny";
  return allows > 0 ? "allow" : "nothing";
}

}  // namespace likeness::policy::naive

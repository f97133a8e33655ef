#include "policy/condition.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "policy/actions.h"
#include "policy/date.h"
#include "policy/wildcard.h"

namespace likeness::policy {

namespace {

// The values of the tags whose key is `lower`, without case: more than one only if two keys differ in case only.
std::vector<std::string> values_of_tag(const std::map<std::string, std::string>& tags, const std::string& lower) {
  std::vector<std::string> values;
  for (const auto& [key, value] : tags) {
    if (key.size() == lower.size() && lower_case(key) == lower) values.push_back(value);
  }
  return values;
}

std::vector<std::string> unless_empty(const std::string& value) {
  return value.empty() ? std::vector<std::string>() : std::vector<std::string>{value};
}

// What the request has under a key, as text.
std::vector<std::string> values_of(const ConditionKey& key, const Context& context) {
  switch (key.kind) {
    case KeyKind::source_ip:
      return unless_empty(parse_ip_address(context.source_ip) ? context.source_ip : std::string());
    case KeyKind::current_time: return {format_rfc3339(context.time)};
    case KeyKind::epoch_time:
      return {std::to_string(std::chrono::floor<std::chrono::seconds>(context.time).time_since_epoch().count())};
    case KeyKind::secure_transport: return {context.secure_transport ? "true" : "false"};
    case KeyKind::username:
    case KeyKind::key_id: return unless_empty(context.key_id);
    case KeyKind::tag_keys: return context.tag_keys;
    case KeyKind::request_tag: return values_of_tag(context.request_tags, key.tag);
    case KeyKind::resource_tag: return values_of_tag(context.resource_tags, key.tag);
  }
  return {};
}

// `order` is what comes out of comparing the request's value with the policy's.
bool is_ordered(Comparison comparison, std::partial_ordering order) {
  switch (comparison) {
    case Comparison::numeric_equals:
    case Comparison::date_equals: return order == std::partial_ordering::equivalent;
    case Comparison::numeric_less:
    case Comparison::date_less: return order == std::partial_ordering::less;
    case Comparison::numeric_less_equals:
    case Comparison::date_less_equals: return order <= 0;
    case Comparison::numeric_greater:
    case Comparison::date_greater: return order == std::partial_ordering::greater;
    case Comparison::numeric_greater_equals:
    case Comparison::date_greater_equals: return order >= 0;
    default: return false;
  }
}

bool matches(Comparison comparison, const std::string& text, const std::string& value) {
  switch (comparison) {
    case Comparison::string_equals: return text == value;
    case Comparison::string_equals_ignore_case: return lower_case(text) == lower_case(value);
    case Comparison::string_like: return matches_wildcard(value, text);
    default: return false;
  }
}

bool matches(Comparison comparison, const std::string& text, double value) {
  const std::optional<double> number = parse_number(text);
  return number && is_ordered(comparison, *number <=> value);
}

bool matches(Comparison comparison, const std::string& text, Time value) {
  const std::optional<Time> date = parse_date(text);
  return date && is_ordered(comparison, *date <=> value);
}

bool matches(Comparison /*comparison*/, const std::string& text, bool value) {
  return lower_case(text) == (value ? "true" : "false");
}

bool matches(Comparison /*comparison*/, const std::string& text, const IpRange& value) {
  const std::optional<IpAddress> address = parse_ip_address(text);
  return address && contains(value, *address);
}

bool is_absent_as_said(const Condition& condition, bool absent) {
  return std::ranges::any_of(condition.values,
                             [&](const ConditionValue& value) { return std::get<bool>(value) == absent; });
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

bool holds(const Condition& condition, const Context& context, Effect effect) {
  const std::vector<std::string> values = values_of(condition.key, context);
  if (condition.comparison == Comparison::null) return is_absent_as_said(condition, values.empty());
  if (values.empty()) {
    if (condition.if_exists) return true;
    if (condition.quantifier == Quantifier::one_value) return condition.negated;
    return condition.quantifier == Quantifier::all_values;
  }
  const auto value_holds = [&](const std::string& text) {
    const bool one_matches = std::ranges::any_of(condition.values, [&](const ConditionValue& value) {
      return std::visit([&](const auto& of_type) { return matches(condition.comparison, text, of_type); }, value);
    });
    return one_matches != condition.negated;
  };
  if (condition.quantifier == Quantifier::all_values) return std::ranges::all_of(values, value_holds);
  if (condition.quantifier == Quantifier::any_value) return std::ranges::any_of(values, value_holds);
  return values.size() == 1 ? value_holds(values.front()) : effect == Effect::deny;
}

}  // namespace likeness::policy

// The reading half of condition.h: names of operators and keys to what they mean.
#include <algorithm>
#include <array>
#include <utility>

#include "policy/actions.h"
#include "policy/condition.h"
#include "policy/date.h"
#include "policy/json_value.h"
#include "policy/place.h"
#include "policy/wildcard.h"

namespace likeness::policy {

namespace {

struct Operator {
  std::string_view name;
  Comparison comparison;
  bool negated;
};

// Source: IAM User Guide, "IAM JSON policy elements: Condition operators". Those of ARNs and of binary values have no
// key here that they fit.
constexpr Operator operators[] = {
    {"StringEquals", Comparison::string_equals, false},
    {"StringNotEquals", Comparison::string_equals, true},
    {"StringEqualsIgnoreCase", Comparison::string_equals_ignore_case, false},
    {"StringNotEqualsIgnoreCase", Comparison::string_equals_ignore_case, true},
    {"StringLike", Comparison::string_like, false},
    {"StringNotLike", Comparison::string_like, true},
    {"NumericEquals", Comparison::numeric_equals, false},
    {"NumericNotEquals", Comparison::numeric_equals, true},
    {"NumericLessThan", Comparison::numeric_less, false},
    {"NumericLessThanEquals", Comparison::numeric_less_equals, false},
    {"NumericGreaterThan", Comparison::numeric_greater, false},
    {"NumericGreaterThanEquals", Comparison::numeric_greater_equals, false},
    {"DateEquals", Comparison::date_equals, false},
    {"DateNotEquals", Comparison::date_equals, true},
    {"DateLessThan", Comparison::date_less, false},
    {"DateLessThanEquals", Comparison::date_less_equals, false},
    {"DateGreaterThan", Comparison::date_greater, false},
    {"DateGreaterThanEquals", Comparison::date_greater_equals, false},
    {"Bool", Comparison::boolean, false},
    {"IpAddress", Comparison::ip_address, false},
    {"NotIpAddress", Comparison::ip_address, true},
    {"Null", Comparison::null, false},
};

struct Key {
  std::string_view name;  // in lower case; of the last two, what stands before the tag's key
  KeyKind kind;
};

constexpr Key keys[] = {
    {"aws:sourceip", KeyKind::source_ip},   {"aws:currenttime", KeyKind::current_time},
    {"aws:epochtime", KeyKind::epoch_time}, {"aws:securetransport", KeyKind::secure_transport},
    {"aws:username", KeyKind::username},    {"likeness:keyid", KeyKind::key_id},
    {"aws:tagkeys", KeyKind::tag_keys},
};
constexpr Key tag_keys[] = {
    {"aws:requesttag/", KeyKind::request_tag},
    {"aws:resourcetag/", KeyKind::resource_tag},
};

// What a comparison compares, which is the type of its values, too.
enum class Type : std::uint8_t { text, number, date, boolean, address, any };

Type type_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::string_equals:
    case Comparison::string_equals_ignore_case:
    case Comparison::string_like: return Type::text;
    case Comparison::numeric_equals:
    case Comparison::numeric_less:
    case Comparison::numeric_less_equals:
    case Comparison::numeric_greater:
    case Comparison::numeric_greater_equals: return Type::number;
    case Comparison::date_equals:
    case Comparison::date_less:
    case Comparison::date_less_equals:
    case Comparison::date_greater:
    case Comparison::date_greater_equals: return Type::date;
    case Comparison::boolean: return Type::boolean;
    case Comparison::ip_address: return Type::address;
    case Comparison::null: return Type::any;
  }
  return Type::any;
}

bool fits(KeyKind key, Type type) {
  if (type == Type::any) return true;
  switch (key) {
    case KeyKind::source_ip: return type == Type::address;
    case KeyKind::current_time: return type == Type::date;
    case KeyKind::epoch_time: return type == Type::date || type == Type::number;
    case KeyKind::secure_transport: return type == Type::boolean;
    case KeyKind::username:
    case KeyKind::key_id:
    case KeyKind::tag_keys: return type == Type::text;
    // A tag's value is text that may hold anything.
    case KeyKind::request_tag:
    case KeyKind::resource_tag: return type != Type::address;
  }
  return false;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

Result<Condition> parse_operator(std::string_view name, const std::string& place) {
  Condition condition;
  std::string_view rest = name;
  if (take_prefix(rest, "ForAnyValue:")) {
    condition.quantifier = Quantifier::any_value;
  } else if (take_prefix(rest, "ForAllValues:")) {
    condition.quantifier = Quantifier::all_values;
  }
  condition.if_exists = take_suffix(rest, "IfExists");
  const auto* const found = std::ranges::find(operators, rest, &Operator::name);
  if (found == std::end(operators)) {
    return wrong(place, "there is no operator " + in_quotes(name) +
                            "; docs/authorization.md lists those there are, and case counts");
  }
  condition.comparison = found->comparison;
  condition.negated = found->negated;
  if (condition.comparison == Comparison::null &&
      (condition.if_exists || condition.quantifier != Quantifier::one_value)) {
    return wrong(place, "Null takes no IfExists, ForAnyValue or ForAllValues: it asks itself whether the key is there");
  }
  return condition;
}

Result<ConditionKey> parse_key(std::string_view name, const std::string& place) {
  const std::string lower = lower_case(name);
  const auto* const found = std::ranges::find(keys, lower, &Key::name);
  if (found != std::end(keys)) return ConditionKey{.kind = found->kind, .tag = {}};
  for (const Key& key : tag_keys) {
    if (lower.starts_with(key.name) && lower.size() > key.name.size()) {
      return ConditionKey{.kind = key.kind, .tag = lower.substr(key.name.size())};
    }
  }
  return wrong(place,
               "there is no key " + in_quotes(name) +
                   "; there are aws:SourceIp, aws:CurrentTime, aws:EpochTime, aws:SecureTransport, aws:username, "
                   "aws:TagKeys, aws:RequestTag/KEY, aws:ResourceTag/KEY and likeness:KeyId");
}

std::optional<bool> parse_boolean(std::string_view text) {
  const std::string lower = lower_case(text);
  if (lower == "true") return true;
  if (lower == "false") return false;
  return std::nullopt;
}

template <typename Value>
Result<ConditionValue> value_or(const std::optional<Value>& value, const std::string& place, const char* expected) {
  if (!value) return wrong(place, std::string("this must be ") + expected);
  return ConditionValue(*value);
}

Result<ConditionValue> parse_text(const JsonValue& json, Comparison comparison, const std::string& place) {
  if (json.kind != JsonValue::Kind::string) return wrong(place, "this must be a string");
  TRY(refuse_variables(json.text, place));
  if (comparison == Comparison::string_like && json.text.size() > max_pattern) {
    return wrong(place, "a pattern has at most " + std::to_string(max_pattern) + " bytes");
  }
  return ConditionValue(json.text);
}

Result<ConditionValue> parse_value(const JsonValue& json, Comparison comparison, const std::string& place) {
  using Kind = JsonValue::Kind;
  if (json.kind != Kind::string && json.kind != Kind::number && json.kind != Kind::boolean) {
    return wrong(place, "a value is a string, a number or a boolean");
  }
  switch (type_of(comparison)) {
    case Type::text: return parse_text(json, comparison, place);
    case Type::number: return value_or(parse_number(json.text), place, "a number");
    case Type::date:
      return value_or(parse_date(json.text), place,
                      "a date as 2026-02-03T04:05:06Z, 2026-02-03, or seconds since 1970");
    case Type::boolean:
    case Type::any: return value_or(parse_boolean(json.text), place, "true or false");
    case Type::address:
      return value_or(parse_ip_range(json.text), place, "an address or a block as 192.0.2.0/24 or 2001:db8::/32");
  }
  return wrong(place, "this value has no meaning here");
}

Result<Condition> parse_condition(Condition condition, const JsonMember& member, const std::string& place) {
  condition.key = TRY(parse_key(member.name, place));
  if (!fits(condition.key.kind, type_of(condition.comparison))) {
    return wrong(place, "this operator does not fit the type of " + in_quotes(member.name));
  }
  const bool many = condition.key.kind == KeyKind::tag_keys;
  if (condition.comparison != Comparison::null && many != (condition.quantifier != Quantifier::one_value)) {
    return wrong(place, many ? "aws:TagKeys has many values: put ForAnyValue: or ForAllValues: before the operator"
                             : "ForAnyValue and ForAllValues are for aws:TagKeys only: this key has one value");
  }
  const bool is_list = member.value.kind == JsonValue::Kind::array;
  const std::size_t count = is_list ? member.value.items.size() : 1;
  if (count == 0 || count > max_condition_values) {
    return wrong(place, "one to " + std::to_string(max_condition_values) + " values are needed");
  }
  for (std::size_t i = 0; i < count; ++i) {
    const JsonValue& value = is_list ? member.value.items[i] : member.value;
    condition.values.push_back(TRY(parse_value(value, condition.comparison, is_list ? at(place, i) : place)));
  }
  return condition;
}

}  // namespace

Result<std::vector<Condition>> parse_conditions(const JsonValue& json, const std::string& place) {
  if (json.kind != JsonValue::Kind::object) return wrong(place, "this must be an object of operators");
  std::vector<Condition> conditions;
  for (const JsonMember& line : json.members) {
    const std::string operator_place = below(place, line.name);
    const Condition with_operator = TRY(parse_operator(line.name, operator_place));
    if (line.value.kind != JsonValue::Kind::object || line.value.members.empty()) {
      return wrong(operator_place, "this must be an object of keys and values");
    }
    for (const JsonMember& member : line.value.members) {
      conditions.push_back(TRY(parse_condition(with_operator, member, below(operator_place, member.name))));
    }
  }
  return conditions;
}

}  // namespace likeness::policy

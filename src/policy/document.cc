#include "policy/document.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "policy/actions.h"
#include "policy/arn.h"
#include "policy/json_value.h"
#include "policy/place.h"
#include "policy/wildcard.h"

namespace likeness::policy {

namespace {

using Kind = JsonValue::Kind;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

Result<void> check_members(const JsonValue& object, std::span<const std::string_view> known, const std::string& place) {
  for (const JsonMember& member : object.members) {
    if (std::ranges::find(known, std::string_view(member.name)) != known.end()) continue;
    if (member.name == "Principal" || member.name == "NotPrincipal") {
      return wrong(below(place, member.name),
                   "a policy here belongs to the keys that it is given to and names no principal; leave this out");
    }
    return wrong(below(place, member.name), "there is no such element; case counts");
  }
  return {};
}

// The known actions as patterns are compared with them.
const std::vector<std::string>& lower_actions() {
  static const std::vector<std::string> actions = [] {
    std::vector<std::string> lower;
    for (const std::string& action : known_actions()) lower.push_back(lower_case(action));
    return lower;
  }();
  return actions;
}

// "rekognition:Detect*": known, and of one of the two services that this server has.
Result<void> check_action(const std::string& lower, std::string_view written, const std::string& place) {
  if (lower == "*" || lower == "*:*") return {};
  const std::string_view service = std::string_view(lower).substr(0, lower.find(':'));
  if (service != "rekognition" && service != "likeness") {
    return wrong(place, in_quotes(written) + " is no action of this server; they begin with rekognition: or likeness:");
  }
  const bool matches_one =
      std::ranges::any_of(lower_actions(), [&](const std::string& action) { return matches_wildcard(lower, action); });
  if (!matches_one) return wrong(place, "no action is named " + in_quotes(written));
  return {};
}

// A pattern of ARNs that this server's ARNs can match.
Result<void> check_resource(std::string_view pattern, const std::string& place) {
  if (pattern == "*") return {};
  const auto refuse = [&] {
    return wrong(place, in_quotes(pattern) +
                            " matches no resource of this server; write *, or an ARN as "
                            "arn:aws:rekognition:REGION:ACCOUNT:collection/ID, in which * and ? may stand");
  };
  if (!pattern.starts_with("arn:")) return refuse();
  pattern.remove_prefix(4);
  for (const std::string_view expected : {std::string_view("aws"), rekognition_service}) {
    const std::size_t colon = pattern.find(':');
    const std::string_view part = pattern.substr(0, colon);
    if (colon == std::string_view::npos) {  // the last `*` reaches beyond the colons
      if (part.ends_with('*') && matches_wildcard(part, expected)) return {};
      return refuse();
    }
    const bool is_own = expected == rekognition_service && matches_wildcard(part, "likeness");
    if (!is_own && !matches_wildcard(part, expected)) return refuse();
    pattern.remove_prefix(colon + 1);
  }
  if (std::ranges::count(pattern, ':') < 2 && !pattern.ends_with('*')) return refuse();
  return {};
}

// The strings of an element that is a string or a list of them.
Result<std::vector<std::string>> parse_strings(const JsonValue& json, const std::string& place) {
  const bool is_list = json.kind == Kind::array;
  const std::size_t count = is_list ? json.items.size() : 1;
  if (count == 0 || count > max_patterns) {
    return wrong(place, "one to " + std::to_string(max_patterns) + " are needed");
  }
  std::vector<std::string> strings;
  for (std::size_t i = 0; i < count; ++i) {
    const JsonValue& item = is_list ? json.items[i] : json;
    const std::string item_place = is_list ? at(place, i) : place;
    if (item.kind != Kind::string) return wrong(item_place, "this must be a string");
    if (item.text.empty() || item.text.size() > max_pattern) {
      return wrong(item_place, "this must have one to " + std::to_string(max_pattern) + " bytes");
    }
    TRY(refuse_variables(item.text, item_place));
    strings.push_back(item.text);
  }
  return strings;
}

// `element` or its opposite, of which a statement has exactly one.
Result<std::pair<const JsonValue*, bool>> one_of(const JsonValue& statement, const std::string& element,
                                                 const std::string& place) {
  const JsonValue* straight = statement.find(element);
  const JsonValue* inverted = statement.find("Not" + element);
  if ((straight == nullptr) == (inverted == nullptr)) {
    return wrong(place, "exactly one of " + element + " and Not" + element + " is needed");
  }
  return std::pair(straight != nullptr ? straight : inverted, straight == nullptr);
}

Result<Patterns> parse_actions(const JsonValue& statement, const std::string& place) {
  const auto [json, inverted] = TRY(one_of(statement, "Action", place));
  const std::string element_place = below(place, inverted ? "NotAction" : "Action");
  Patterns actions{.patterns = TRY(parse_strings(*json, element_place)), .inverted = inverted};
  for (std::size_t i = 0; i < actions.patterns.size(); ++i) {
    std::string lower = lower_case(actions.patterns[i]);
    TRY(check_action(lower, actions.patterns[i], json->kind == Kind::array ? at(element_place, i) : element_place));
    actions.patterns[i] = std::move(lower);
  }
  return actions;
}

Result<Patterns> parse_resources(const JsonValue& statement, const std::string& place) {
  const auto [json, inverted] = TRY(one_of(statement, "Resource", place));
  const std::string element_place = below(place, inverted ? "NotResource" : "Resource");
  Patterns resources{.patterns = TRY(parse_strings(*json, element_place)), .inverted = inverted};
  for (std::size_t i = 0; i < resources.patterns.size(); ++i) {
    TRY(check_resource(resources.patterns[i], json->kind == Kind::array ? at(element_place, i) : element_place));
  }
  return resources;
}

Result<std::string> parse_sid(const JsonValue& json, const std::string& place) {
  if (json.kind != Kind::string || json.text.size() > max_name || !std::ranges::all_of(json.text, is_letter_or_digit)) {
    return wrong(place, "a Sid has at most " + std::to_string(max_name) + " letters and digits");
  }
  return json.text;
}

Result<Effect> parse_effect(const JsonValue* json, const std::string& place) {
  if (json != nullptr && json->kind == Kind::string) {
    if (json->text == "Allow") return Effect::allow;
    if (json->text == "Deny") return Effect::deny;
  }
  return wrong(place, "Allow or Deny is needed; case counts");
}

Result<Statement> parse_statement(const JsonValue& json, const std::string& place) {
  static constexpr std::array<std::string_view, 7> known = {"Sid",      "Effect",      "Action",   "NotAction",
                                                            "Resource", "NotResource", "Condition"};
  if (json.kind != Kind::object) return wrong(place, "a statement is an object");
  TRY(check_members(json, known, place));
  Statement statement;
  if (const JsonValue* sid = json.find("Sid")) statement.sid = TRY(parse_sid(*sid, below(place, "Sid")));
  statement.effect = TRY(parse_effect(json.find("Effect"), below(place, "Effect")));
  statement.actions = TRY(parse_actions(json, place));
  statement.resources = TRY(parse_resources(json, place));
  if (const JsonValue* conditions = json.find("Condition")) {
    statement.conditions = TRY(parse_conditions(*conditions, below(place, "Condition")));
  }
  return statement;
}

// Where a statement stands, by its list or as the only one.
Result<std::vector<Statement>> parse_statements(const JsonValue* json) {
  if (json == nullptr) return wrong("", "Statement is missing");
  if (json->kind != Kind::array) {
    std::vector<Statement> one;
    one.push_back(TRY(parse_statement(*json, "Statement")));
    return one;
  }
  if (json->items.empty() || json->items.size() > max_statements) {
    return wrong("Statement", "one to " + std::to_string(max_statements) + " statements are needed");
  }
  std::vector<Statement> statements;
  std::set<std::string> sids;
  for (std::size_t i = 0; i < json->items.size(); ++i) {
    Statement statement = TRY(parse_statement(json->items[i], at("Statement", i)));
    if (!statement.sid.empty() && !sids.insert(statement.sid).second) {
      return wrong(below(at("Statement", i), "Sid"), in_quotes(statement.sid) + " names another statement already");
    }
    statements.push_back(std::move(statement));
  }
  return statements;
}

bool asks_for_resource_tags(const Statement& statement) {
  return std::ranges::any_of(statement.conditions,
                             [](const Condition& condition) { return condition.key.kind == KeyKind::resource_tag; });
}

}  // namespace

Result<void> check_name(std::string_view name) {
  constexpr std::string_view others = "_+=,.@-";  // IAM: [\w+=,.@-]
  const bool known = std::ranges::all_of(
      name, [&](char c) { return is_letter_or_digit(c) || others.find(c) != std::string_view::npos; });
  if (name.empty() || name.size() > max_name || !known) {
    return wrong(
        "", "a policy's name has 1 to " + std::to_string(max_name) + " letters, digits and " + std::string(others));
  }
  return {};
}

Result<Document> parse_document(std::string name, std::string_view text) {
  static constexpr std::array<std::string_view, 3> known = {"Version", "Id", "Statement"};
  if (text.size() > max_document) {
    return wrong("", "a document has at most " + std::to_string(max_document) + " bytes; this one has " +
                         std::to_string(text.size()));
  }
  const JsonValue json = TRY(parse_json(text));
  if (json.kind != Kind::object) return wrong("", "a document is an object");
  TRY(check_members(json, known, ""));
  const JsonValue* version = json.find("Version");
  if (version == nullptr || version->kind != Kind::string || version->text != "2012-10-17") {
    return wrong("Version", "this must be \"2012-10-17\", the version of the language");
  }
  if (const JsonValue* id = json.find("Id"); id != nullptr && id->kind != Kind::string) {
    return wrong("Id", "this must be a string");
  }
  Document document;
  document.name = std::move(name);
  document.statements = TRY(parse_statements(json.find("Statement")));
  document.asks_for_resource_tags = std::ranges::any_of(document.statements, asks_for_resource_tags);
  return document;
}

}  // namespace likeness::policy

#include "policy/evaluate.h"

#include <algorithm>

#include "policy/actions.h"
#include "policy/wildcard.h"

namespace likeness::policy {

namespace {

bool match_action(const Patterns& actions, const std::string& lower) {
  const bool one = std::ranges::any_of(actions.patterns,
                                       [&](const std::string& pattern) { return matches_wildcard(pattern, lower); });
  return one != actions.inverted;
}

bool match_resource(const Patterns& resources, const std::vector<std::string>& names) {
  const bool one = std::ranges::any_of(resources.patterns, [&](const std::string& pattern) {
    return std::ranges::any_of(names, [&](const std::string& name) { return matches_wildcard(pattern, name); });
  });
  return one != resources.inverted;
}

}  // namespace

Decision evaluate(std::span<const Document* const> documents, const Question& question, const Context& context) {
  const std::string action = lower_case(question.action);
  Decision decision;
  for (const Document* document : documents) {
    for (std::size_t i = 0; i < document->statements.size(); ++i) {
      const Statement& statement = document->statements[i];
      if (decision.allowed() && statement.effect == Effect::allow) continue;
      const bool matches =
          match_action(statement.actions, action) && match_resource(statement.resources, question.resources) &&
          std::ranges::all_of(statement.conditions,
                              [&](const Condition& condition) { return holds(condition, context, statement.effect); });
      if (!matches) continue;
      decision.reason = statement.effect == Effect::deny ? Reason::denied : Reason::allowed;
      decision.statement = DecidingStatement{.policy = document->name, .index = i, .sid = statement.sid};
      if (statement.effect == Effect::deny) return decision;
    }
  }
  return decision;
}

std::string describe(const Decision& decision) {
  if (!decision.statement) return "implicit deny: no statement allows it";
  std::string text = decision.allowed() ? "allowed by " : "explicit deny by ";
  const std::string index = "Statement[" + std::to_string(decision.statement->index) + "]";
  text += decision.statement->sid.empty() ? index : "statement \"" + decision.statement->sid + "\" (" + index + ")";
  return text + " of policy \"" + decision.statement->policy + "\"";
}

}  // namespace likeness::policy

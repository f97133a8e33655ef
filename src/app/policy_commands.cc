#include "app/policy_commands.h"

#include <algorithm>
#include <vector>

#include "base/log.h"
#include "store/limits.h"

namespace likeness::app {

namespace {

// The text that follows is in columns; names are mostly shorter.
constexpr std::size_t name_column = 16;

void append_member(std::string& json, std::string_view name, std::string_view value) {
  append_json_string(json, name);
  json.push_back(':');
  append_json_string(json, value);
}

std::string entry_as_json(const policy::PolicyEntry& entry) {
  std::string json = "{";
  append_member(json, "Name", entry.name);
  json += entry.ready_made ? ",\"ReadyMade\":true," : ",\"ReadyMade\":false,";
  if (entry.ready_made) {
    append_member(json, "Note", entry.note);
  } else {
    append_member(json, "Updated", format_rfc3339(entry.updated));
  }
  return json + "}";
}

std::string entry_as_text(const policy::PolicyEntry& entry) {
  std::string text = entry.name;
  text.resize(std::max(text.size() + 1, name_column), ' ');
  return text + (entry.ready_made ? "ready-made: " + entry.note : "put " + format_rfc3339(entry.updated)) + "\n";
}

std::string done(const std::string& name, std::string_view what, bool json) {
  if (!json) return "policy " + name + " is " + std::string(what) + "\n";
  std::string text = "{";
  append_member(text, "Name", name);
  text.push_back(',');
  append_member(text, "Done", what);
  return text + "}\n";
}

}  // namespace

Result<std::string> list_policies(policy::PolicyBook& book, const store::Scope& scope, bool json) {
  std::string text;
  std::string after;
  for (bool more = true; more;) {
    const std::vector<policy::PolicyEntry> page = TRY(book.list(scope, after, store::limits::page));
    std::size_t stored = 0;
    for (const policy::PolicyEntry& entry : page) {
      text += json ? (text.empty() ? "" : ",") + entry_as_json(entry) : entry_as_text(entry);
      if (entry.ready_made) continue;
      after = entry.name;
      ++stored;
    }
    more = stored == store::limits::page;
  }
  return json ? "{\"Policies\":[" + text + "]}\n" : text;
}

Result<std::string> show_policy(policy::PolicyBook& book, const store::Scope& scope, const std::string& name) {
  std::string text = TRY(book.text(scope, name));
  if (!text.ends_with('\n')) text.push_back('\n');
  return text;
}

Result<std::string> put_policy(policy::PolicyBook& book, const store::Scope& scope, const std::string& actor,
                               const std::string& name, std::string_view text, bool json) {
  TRY(book.put(scope, actor, name, text));
  return done(name, "in force", json);
}

Result<std::string> delete_policy(policy::PolicyBook& book, const store::Scope& scope, const std::string& actor,
                                  const std::string& name, bool json) {
  TRY(book.remove(scope, actor, name));
  return done(name, "deleted", json);
}

}  // namespace likeness::app

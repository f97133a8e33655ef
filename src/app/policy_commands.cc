#include "app/policy_commands.h"

#include <algorithm>
#include <vector>

#include "base/log.h"
#include "store/limits.h"

namespace likeness::app {

namespace {

// Who may use the socket or the folder's lock, in the ledger.
constexpr std::string_view operator_name = "operator";
// The text that follows is in columns; names are mostly shorter.
constexpr std::size_t name_column = 16;

void append_member(std::string& json, std::string_view name, std::string_view value) {
  append_json_string(json, name);
  json.push_back(':');
  append_json_string(json, value);
}

std::string entry_as_json(const api::PolicyEntry& entry) {
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

std::string entry_as_text(const api::PolicyEntry& entry) {
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

Result<std::string> list_policies(api::PolicyBook& book, const store::Scope& scope, bool json) {
  std::string text;
  std::string after;
  for (bool more = true; more;) {
    const std::vector<api::PolicyEntry> page = TRY(book.list(scope, after, store::limits::page));
    std::size_t stored = 0;
    for (const api::PolicyEntry& entry : page) {
      text += json ? (text.empty() ? "" : ",") + entry_as_json(entry) : entry_as_text(entry);
      if (entry.ready_made) continue;
      after = entry.name;
      ++stored;
    }
    more = stored == store::limits::page;
  }
  return json ? "{\"Policies\":[" + text + "]}\n" : text;
}

Result<std::string> show_policy(api::PolicyBook& book, const store::Scope& scope, const std::string& name) {
  std::string text = TRY(book.text(scope, name));
  if (!text.ends_with('\n')) text.push_back('\n');
  return text;
}

Result<std::string> put_policy(api::PolicyBook& book, const store::Scope& scope, const std::string& actor,
                               const std::string& name, std::string_view text, bool json) {
  TRY(book.put(scope, actor, name, text));
  return done(name, "in force", json);
}

Result<std::string> delete_policy(api::PolicyBook& book, const store::Scope& scope, const std::string& actor,
                                  const std::string& name, bool json) {
  TRY(book.remove(scope, actor, name));
  return done(name, "deleted", json);
}

void add_policy_commands(ControlCommands& commands, api::PolicyBook& book, const store::Scope& scope) {
  using Text = Result<std::string>;
  const auto wants_json = [](const ControlRequest& request) { return !request.value("json").empty(); };
  const auto name_of = [](const ControlRequest& request) { return std::string(request.value("name")); };
  commands.add("policy list", [&book, scope, wants_json](const ControlRequest& request) -> Text {
    return list_policies(book, scope, wants_json(request));
  });
  commands.add("policy show", [&book, scope, name_of](const ControlRequest& request) -> Text {
    return show_policy(book, scope, name_of(request));
  });
  commands.add("policy put", [&book, scope, wants_json, name_of](const ControlRequest& request) -> Text {
    return put_policy(book, scope, std::string(operator_name), name_of(request), request.value("text"),
                      wants_json(request));
  });
  commands.add("policy delete", [&book, scope, wants_json, name_of](const ControlRequest& request) -> Text {
    return delete_policy(book, scope, std::string(operator_name), name_of(request), wants_json(request));
  });
}

}  // namespace likeness::app

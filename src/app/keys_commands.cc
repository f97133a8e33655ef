#include "app/keys_commands.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"

namespace likeness::app {

namespace {

bool wants_json(const ControlRequest& request) { return !request.value("json").empty(); }

std::string_view id_of(const ControlRequest& request) { return request.value("id"); }

void append_member(std::string& json, std::string_view name, std::string_view value) {
  append_json_string(json, name);
  json.push_back(':');
  append_json_string(json, value);
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : " ").append(name);
  return text.empty() ? "none: the key may do nothing" : text;
}

// "Account" and "Region" say where a key is good, since a command without a server may have been told other ones.
std::string key_as_json(const keys::NewKey& key, const store::Scope& scope) {
  std::string json = "{\"Version\":1,";
  append_member(json, "AccessKeyId", key.id);
  json.push_back(',');
  append_member(json, "SecretAccessKey", key.secret);
  json.push_back(',');
  append_member(json, "Account", scope.account);
  json.push_back(',');
  append_member(json, "Region", scope.region);
  return json + "}\n";
}

std::string new_key(const ControlRequest& request, const keys::NewKey& key, const store::Scope& scope) {
  if (wants_json(request)) return key_as_json(key, scope);
  return "access key id      " + key.id + "\nsecret access key  " + key.secret + "\nfor                account " +
         scope.account + " in " + scope.region + "\nThe secret is shown this once; keep it now.\n";
}

std::string new_session(const ControlRequest& request, const keys::NewSession& made) {
  const keys::Session& session = made.session;
  const std::string expires = format_rfc3339(session.expires).substr(0, 19) + "Z";
  if (!wants_json(request)) {
    return "access key id      " + session.access_key_id + "\nsecret access key  " + session.secret +
           "\nsession token      " + made.token + "\nexpires            " + expires + "\npolicies           " +
           joined(session.policies) + "\n";
  }
  std::string json = "{\"Version\":1,";
  append_member(json, "AccessKeyId", session.access_key_id);
  json.push_back(',');
  append_member(json, "SecretAccessKey", session.secret);
  json.push_back(',');
  append_member(json, "SessionToken", made.token);
  json.push_back(',');
  append_member(json, "Expiration", expires);
  return json + "}\n";
}

std::string_view state_of(const keys::KeyInfo& info) {
  if (info.is_administrator) return "administrator";
  if (info.is_damaged) return "damaged";
  return info.enabled ? "enabled" : "disabled";
}

std::string info_as_json(const keys::KeyInfo& info) {
  std::string json = "{";
  append_member(json, "AccessKeyId", info.id);
  json.push_back(',');
  append_member(json, "State", state_of(info));
  json += ",\"Policies\":[";
  for (std::size_t i = 0; i < info.policies.size(); ++i) {
    if (i > 0) json.push_back(',');
    append_json_string(json, info.policies[i]);
  }
  json += "],";
  append_member(json, "Note", info.note);
  if (!info.is_administrator) {
    json.push_back(',');
    append_member(json, "Created", format_rfc3339(info.created));
  }
  if (info.rotated_from) {
    json.push_back(',');
    append_member(json, "RotatedFrom", *info.rotated_from);
  }
  return json + "}";
}

std::string info_as_text(const keys::KeyInfo& info) {
  std::string text = info.id + "\n  state         " + std::string(state_of(info)) + "\n  policies      " +
                     joined(info.policies) + "\n";
  if (!info.is_administrator) text += "  created       " + format_rfc3339(info.created) + "\n";
  if (info.rotated_from) text += "  rotated from  " + *info.rotated_from + "\n";
  if (!info.note.empty()) text += "  note          " + info.note + "\n";
  if (info.is_damaged) text += "  Its secret does not open with this master key; delete the key and make another.\n";
  return text;
}

std::string listing(const ControlRequest& request, const std::vector<keys::KeyInfo>& infos) {
  std::string text = wants_json(request) ? "{\"Keys\":[" : "";
  for (std::size_t i = 0; i < infos.size(); ++i) {
    if (wants_json(request)) {
      if (i > 0) text.push_back(',');
      text += info_as_json(infos[i]);
    } else {
      text += info_as_text(infos[i]);
    }
  }
  return wants_json(request) ? text + "]}\n" : text;
}

// What has nothing to say but that it was done.
Result<std::string> done(const ControlRequest& request, const Result<void>& result, std::string_view what) {
  if (!result.ok()) return result.error();
  if (!wants_json(request)) return std::string(id_of(request)) + " is " + std::string(what) + "\n";
  std::string json = "{";
  append_member(json, "AccessKeyId", id_of(request));
  json.push_back(',');
  append_member(json, "Done", what);
  return json + "}\n";
}

}  // namespace

Result<Micros> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr std::int64_t most = 1'000'000;  // of any unit; keeps the product far from overflow
  if (failure == std::errc() && number >= 0 && number <= most) {
    if (unit == "s") return Micros(std::chrono::seconds(number));
    if (unit == "m") return Micros(std::chrono::minutes(number));
    if (unit == "h") return Micros(std::chrono::hours(number));
  }
  return Error(ErrorKind::invalid_argument,
               "'" + std::string(text.substr(0, 100)) + "' is no duration; write for example 900s, 15m or 12h");
}

void add_keys_commands(ControlCommands& commands, keys::KeyRing& ring, const store::Scope& scope) {
  using Text = Result<std::string>;
  commands.add("keys create", [&ring, scope](const ControlRequest& request) -> Text {
    return new_key(request, TRY(ring.create(request.values("policy"), request.value("note"))), scope);
  });
  commands.add("keys list", [&ring](const ControlRequest& request) -> Text { return listing(request, ring.list()); });
  commands.add("keys rotate", [&ring, scope](const ControlRequest& request) -> Text {
    return new_key(request, TRY(ring.rotate(id_of(request))), scope);
  });
  commands.add("keys enable", [&ring](const ControlRequest& request) -> Text {
    return done(request, ring.set_enabled(id_of(request), true), "enabled");
  });
  commands.add("keys disable", [&ring](const ControlRequest& request) -> Text {
    return done(request, ring.set_enabled(id_of(request), false), "disabled");
  });
  commands.add("keys policies", [&ring](const ControlRequest& request) -> Text {
    return done(request, ring.set_policies(id_of(request), request.values("policy")), "changed");
  });
  commands.add("keys delete", [&ring](const ControlRequest& request) -> Text {
    return done(request, ring.remove(id_of(request)), "deleted");
  });
  commands.add("keys session", [&ring](const ControlRequest& request) -> Text {
    const Micros lifetime = TRY(parse_duration(request.value("ttl")));
    return new_session(request, TRY(ring.make_session(id_of(request), lifetime, request.values("policy"))));
  });
}

}  // namespace likeness::app

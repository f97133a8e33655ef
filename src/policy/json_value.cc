#include "policy/json_value.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>
#include <optional>
#include <utility>

#include "policy/place.h"

namespace likeness::policy {

namespace {

namespace json = boost::json;

// Builds the tree as Boost.JSON's parser reports its parts. The containers that are open form a stack of pointers: each
// stands in the last place of the one before, which does not grow while it is open.
class Handler {
 public:
  // Required by the parser; the limits that matter are ours.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] JsonValue& root() { return root_; }
  [[nodiscard]] const std::optional<std::string>& repeated_name() const { return repeated_name_; }

  bool on_document_begin(json::error_code& /*ec*/) { return true; }
  bool on_document_end(json::error_code& /*ec*/) { return true; }
  bool on_object_begin(json::error_code& /*ec*/) { return open(JsonValue::Kind::object); }
  bool on_object_end(std::size_t /*n*/, json::error_code& /*ec*/) { return close(); }
  bool on_array_begin(json::error_code& /*ec*/) { return open(JsonValue::Kind::array); }
  bool on_array_end(std::size_t /*n*/, json::error_code& /*ec*/) { return close(); }

  bool on_key_part(json::string_view part, std::size_t /*n*/, json::error_code& /*ec*/) { return gather(part); }
  bool on_key(json::string_view part, std::size_t /*n*/, json::error_code& ec) {
    gather(part);
    std::vector<JsonMember>& members = open_.back()->members;
    if (std::ranges::find(members, text_, &JsonMember::name) != members.end()) {
      repeated_name_ = std::exchange(text_, {});
      ec = json::error::syntax;
      return false;
    }
    members.push_back({.name = std::exchange(text_, {}), .value = {}});
    return true;
  }

  bool on_string_part(json::string_view part, std::size_t /*n*/, json::error_code& /*ec*/) { return gather(part); }
  bool on_string(json::string_view part, std::size_t /*n*/, json::error_code& /*ec*/) {
    gather(part);
    return put(JsonValue::Kind::string);
  }
  bool on_number_part(json::string_view part, json::error_code& /*ec*/) { return gather(part); }
  bool on_int64(std::int64_t /*value*/, json::string_view part, json::error_code& /*ec*/) { return number(part); }
  bool on_uint64(std::uint64_t /*value*/, json::string_view part, json::error_code& /*ec*/) { return number(part); }
  bool on_double(double /*value*/, json::string_view part, json::error_code& /*ec*/) { return number(part); }
  bool on_bool(bool value, json::error_code& /*ec*/) {
    text_ = value ? "true" : "false";
    return put(JsonValue::Kind::boolean);
  }
  bool on_null(json::error_code& /*ec*/) { return put(JsonValue::Kind::null); }
  bool on_comment_part(json::string_view /*part*/, json::error_code& /*ec*/) { return true; }
  bool on_comment(json::string_view /*part*/, json::error_code& /*ec*/) { return true; }

 private:
  bool gather(json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }

  bool number(json::string_view part) {
    gather(part);
    return put(JsonValue::Kind::number);
  }

  // The place of the value that begins now.
  JsonValue& place() {
    if (open_.empty()) return root_;
    JsonValue& parent = *open_.back();
    return parent.kind == JsonValue::Kind::object ? parent.members.back().value : parent.items.emplace_back();
  }

  bool put(JsonValue::Kind kind) {
    JsonValue& value = place();
    value.kind = kind;
    value.text = std::exchange(text_, {});
    return true;
  }

  bool open(JsonValue::Kind kind) {
    JsonValue& value = place();
    value.kind = kind;
    open_.push_back(&value);
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  JsonValue root_;
  std::vector<JsonValue*> open_;
  std::string text_;
  std::optional<std::string> repeated_name_;
};

// "line 3, column 14".
std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  return "line " + std::to_string(line) + ", column " + std::to_string(offset - line_start + 1);
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
  const auto found = std::ranges::find(members, name, &JsonMember::name);
  return found == members.end() ? nullptr : &found->value;
}

Result<JsonValue> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = max_json_depth;
  json::basic_parser<Handler> parser(options);
  json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (const auto& name = parser.handler().repeated_name()) {
    return Error(ErrorKind::malformed,
                 in_quotes(*name) + " stands twice in one object, before " + place_of(text, read) + "; write it once");
  }
  if (!error && read < text.size()) error = json::error::extra_data;
  if (error) {
    return Error(ErrorKind::malformed, "This is no JSON at " + place_of(text, read) + ": " + error.message());
  }
  return std::move(parser.handler().root());
}

}  // namespace likeness::policy

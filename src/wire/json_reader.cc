#include "wire/json_reader.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "wire/path.h"
#include "wire/text.h"

namespace likeness::wire {
namespace {

namespace json = boost::json;

constexpr double max_timestamp_seconds = 253'402'300'799.0;  // the end of the year 9999

const char* json_type(Kind kind) {
  switch (kind) {
    case Kind::boolean: return "true or false";
    case Kind::int32:
    case Kind::int64: return "an integer";
    case Kind::float32:
    case Kind::float64:
    case Kind::timestamp: return "a number";
    case Kind::string:
    case Kind::enumeration: return "a string";
    case Kind::blob: return "a string of base64";
    case Kind::list: return "an array";
    case Kind::map:
    case Kind::structure: return "an object";
  }
  return "something else";
}

const Member* find_member(const Shape& shape, std::string_view name) {
  const auto found = std::ranges::find(shape.members, name, &Member::name);
  return found == shape.members.end() ? nullptr : &*found;
}

// The values of one JSON document, put into their places as Boost.JSON's parser reports them. Objects and arrays that
// are being read form a stack; what an object's next value is for is remembered from its key.
class Handler {
 public:
  // Required by the parser; the limits that matter are ours.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  Handler(const Shape& shape, void* structure) : root_shape_(shape), root_(structure) {}

  [[nodiscard]] std::optional<Error>& error() { return error_; }
  [[nodiscard]] UnknownNames& unknown_names() { return unknown_names_; }

  bool on_document_begin(json::error_code& /*ec*/) { return true; }
  bool on_document_end(json::error_code& /*ec*/) { return true; }
  bool on_object_begin(json::error_code& ec) { return begin(ec, "an object", Kind::structure, Kind::map); }
  bool on_object_end(std::size_t /*n*/, json::error_code& /*ec*/) { return end(); }
  bool on_array_begin(json::error_code& ec) { return begin(ec, "an array", Kind::list, Kind::list); }
  bool on_array_end(std::size_t /*n*/, json::error_code& /*ec*/) { return end(); }

  bool on_key_part(json::string_view part, std::size_t /*n*/, json::error_code& /*ec*/) {
    if (skipped_depth_ == 0) text_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t /*n*/, json::error_code& /*ec*/) {
    if (skipped_depth_ > 0) return true;
    const std::string_view key = whole_text(part);
    if (const Frame& top = frames_.back(); top.shape->kind == Kind::structure) {
      member_ = find_member(*top.shape, key);
    } else {
      map_key_ = key;
    }
    text_.clear();
    return true;
  }

  bool on_string_part(json::string_view part, std::size_t /*n*/, json::error_code& /*ec*/) {
    if (!skips_next()) text_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t /*n*/, json::error_code& ec) {
    const bool stored =
        scalar(ec, "a string", [&](const Shape& shape, void* value) { return store(shape, value, whole_text(part)); });
    text_.clear();
    return stored;
  }

  bool on_number_part(json::string_view /*part*/, json::error_code& /*ec*/) { return true; }
  bool on_int64(std::int64_t number, json::string_view /*text*/, json::error_code& ec) { return on_number(number, ec); }
  bool on_uint64(std::uint64_t number, json::string_view /*text*/, json::error_code& ec) {
    return on_number(number, ec);  // the parser reports only what does not fit into int64
  }
  bool on_double(double number, json::string_view /*text*/, json::error_code& ec) { return on_number(number, ec); }

  bool on_bool(bool flag, json::error_code& ec) {
    return scalar(ec, "true or false", [&](const Shape& shape, void* value) {
      if (shape.kind != Kind::boolean) return false;
      *static_cast<bool*>(value) = flag;
      return true;
    });
  }

  bool on_null(json::error_code& ec) {
    if (skipped_depth_ > 0) return true;
    if (frames_.empty()) return refuse_root(ec);
    const Frame& top = frames_.back();
    if (top.shape->kind != Kind::structure) {
      return refuse(ec, "the elements of '" + path_.text() + "' must not be null");
    }
    if (member_ != nullptr) member_->reset(top.value);
    return true;
  }

  bool on_comment_part(json::string_view /*part*/, json::error_code& /*ec*/) { return true; }
  bool on_comment(json::string_view /*part*/, json::error_code& /*ec*/) { return true; }

 private:
  struct Frame {  // an object or array that is being read
    const Shape* shape;
    void* value;
    std::size_t size = 0;  // lists and maps: elements so far, kept or not
  };
  struct Slot {  // where a value goes
    const Shape* shape;
    void* value;
  };

  std::string_view whole_text(json::string_view last_part) {
    if (text_.empty()) return {last_part.data(), last_part.size()};
    text_.append(last_part.data(), last_part.size());
    return text_;
  }

  // Whether the next value has no place: it belongs to an unknown member or stands after the end of a full list.
  [[nodiscard]] bool skips_next() const {
    if (skipped_depth_ > 0) return true;
    if (frames_.empty()) return false;
    const Frame& top = frames_.back();
    if (top.shape->kind == Kind::structure) return member_ == nullptr;
    return top.shape->max && static_cast<double>(top.size) > *top.shape->max;
  }

  // Makes the place of the next value and adds it to the path. Precondition: !skips_next() and !frames_.empty().
  // Nothing if the request has too many elements.
  std::optional<Slot> open(json::error_code& ec) {
    Frame& top = frames_.back();
    if (top.shape->kind == Kind::structure) {
      path_.push_member(member_->path);
      return Slot{member_->shape, member_->emplace(top.value)};
    }
    if (++elements_ > max_elements) {
      fail(ec, Error(ErrorKind::invalid_argument,
                     "the request has more than " + std::to_string(max_elements) + " list elements; send fewer"));
      return std::nullopt;
    }
    if (top.shape->kind == Kind::list) {
      path_.push_element(top.size++);
      return Slot{top.shape->element, top.shape->list->append(top.value)};
    }
    path_.push_entry(map_key_, "member");
    void* value = top.shape->map->emplace(top.value, map_key_);
    top.size = top.shape->map->size(top.value);
    return Slot{top.shape->element, value};
  }

  bool begin(json::error_code& ec, const char* found, Kind kind, Kind other_kind) {
    if (skips_next()) {
      ++skipped_depth_;
      return true;
    }
    Slot slot{&root_shape_, root_};
    if (!frames_.empty()) {
      const std::optional<Slot> place = open(ec);
      if (!place) return false;
      slot = *place;
    }
    if (slot.shape->kind != kind && slot.shape->kind != other_kind) return refuse_type(ec, *slot.shape, found);
    frames_.push_back({slot.shape, slot.value});
    return true;
  }

  bool end() {
    if (skipped_depth_ > 0) {
      --skipped_depth_;
      return true;
    }
    frames_.pop_back();
    if (!frames_.empty()) path_.pop();
    return true;
  }

  // Puts a string, number or boolean into its place; `put` says whether it belongs there.
  template <typename Put>
  bool scalar(json::error_code& ec, const char* found, const Put& put) {
    if (skips_next()) return true;
    if (frames_.empty()) return refuse_root(ec);
    const std::optional<Slot> slot = open(ec);
    if (!slot) return false;
    if (!put(*slot->shape, slot->value)) return error_ ? fail(ec) : refuse_type(ec, *slot->shape, found);
    path_.pop();
    return true;
  }

  bool store(const Shape& shape, void* value, std::string_view text) {
    switch (shape.kind) {
      case Kind::string: *static_cast<std::string*>(value) = text; return true;
      case Kind::blob: return store_blob(value, text);
      case Kind::enumeration: store_enumerator(*shape.enumeration, value, text); return true;
      default: return false;
    }
  }

  bool store_blob(void* value, std::string_view text) {
    Result<Bytes> bytes = from_base64(text);
    if (!bytes.ok()) {
      error_ = Error(ErrorKind::malformed, "'" + path_.text() + "': " + bytes.error().message);
      return false;
    }
    *static_cast<Bytes*>(value) = std::move(bytes).value();
    return true;
  }

  void store_enumerator(const EnumAccess& access, void* value, std::string_view text) {
    const auto found = std::ranges::find(access.names, text);
    if (found != access.names.end()) {
      access.set(value, static_cast<std::int32_t>(found - access.names.begin()));
      return;
    }
    access.set(value, unknown_enumerator);
    if (unknown_names_.size() < max_unknown_names || unknown_names_.contains(path_.text())) {
      unknown_names_[path_.text()] = first_characters(text, max_unknown_name_characters);
    }
  }

  template <typename Number>
  bool on_number(Number number, json::error_code& ec) {
    return scalar(ec, "this number", [&](const Shape& shape, void* value) {
      switch (shape.kind) {
        case Kind::int32: return store_integer<std::int32_t>(number, value);
        case Kind::int64: return store_integer<std::int64_t>(number, value);
        case Kind::float32: return store_float<float>(number, value);
        case Kind::float64: return store_float<double>(number, value);
        case Kind::timestamp: return store_timestamp(static_cast<double>(number), value);
        default: return false;
      }
    });
  }

  template <typename Integer, typename Number>
  static bool store_integer(Number number, void* value) {
    if constexpr (std::is_integral_v<Number>) {
      if (!std::in_range<Integer>(number)) return false;
    } else {
      // Both bounds are powers of two, so the comparison is exact; NaN fails it.
      constexpr double bound = -static_cast<double>(std::numeric_limits<Integer>::min());
      if (!(number >= -bound && number < bound) || std::trunc(number) != number) return false;
    }
    *static_cast<Integer*>(value) = static_cast<Integer>(number);
    return true;
  }

  template <typename Float, typename Number>
  static bool store_float(Number number, void* value) {
    const double wide = static_cast<double>(number);
    if (!(std::abs(wide) <= static_cast<double>(std::numeric_limits<Float>::max()))) return false;
    *static_cast<Float*>(value) = static_cast<Float>(number);
    return true;
  }

  static bool store_timestamp(double seconds, void* value) {
    if (!(std::abs(seconds) <= max_timestamp_seconds)) return false;
    *static_cast<Time*>(value) = Time(Micros(std::llround(seconds * 1e6)));
    return true;
  }

  bool refuse_root(json::error_code& ec) { return refuse(ec, "the body must be a JSON object"); }

  bool refuse_type(json::error_code& ec, const Shape& expected, const char* found) {
    if (frames_.empty()) return refuse_root(ec);
    return refuse(ec, "'" + path_.text() + "' must be " + json_type(expected.kind) + ", not " + found);
  }

  bool refuse(json::error_code& ec, std::string message) {
    return fail(ec, Error(ErrorKind::malformed, std::move(message)));
  }

  bool fail(json::error_code& ec, Error error) {
    error_ = std::move(error);
    return fail(ec);
  }

  // Stops the parser; which of its codes does so does not matter, since error_ is looked at first.
  static bool fail(json::error_code& ec) {
    ec = json::error::syntax;
    return false;
  }

  const Shape& root_shape_;
  void* const root_;
  std::vector<Frame> frames_;       // at most max_depth
  std::size_t skipped_depth_ = 0;   // how many objects and arrays without a place are open
  std::size_t elements_ = 0;        // of all lists and maps
  const Member* member_ = nullptr;  // of the innermost structure: the member of the last key; null if unknown
  std::string map_key_;             // of the innermost map
  std::string text_;                // the parts so far of a string or key that has escapes
  Path path_;                       // of the innermost frame
  UnknownNames unknown_names_;
  std::optional<Error> error_;
};

}  // namespace

Result<UnknownNames> read_json(const Shape& shape, void* structure, std::string_view body) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<Handler> parser(options, shape, structure);
  json::error_code ec;
  const std::size_t used = parser.write_some(false, body.data(), body.size(), ec);
  if (std::optional<Error>& error = parser.handler().error()) return std::move(*error);
  if (!ec && used < body.size()) ec = json::error::extra_data;
  if (ec) {
    return Error(ErrorKind::malformed,
                 "the body is not JSON: " + ec.message() + " at byte " + std::to_string(std::min(used, body.size())));
  }
  return std::move(parser.handler().unknown_names());
}

}  // namespace likeness::wire

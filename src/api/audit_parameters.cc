#include "api/audit_parameters.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/log.h"
#include "wire/json_reader.h"
#include "wire/schema.h"
#include "wire/text.h"

namespace likeness::api {

namespace {

namespace json = boost::json;
using wire::Kind;

// The bytes of a picture from the length of its base64 (RFC 4648): four characters for three bytes, less the padding.
std::size_t decoded_size(std::size_t characters, std::size_t padding) {
  const std::size_t bytes = characters / 4 * 3;
  return bytes > padding ? bytes - padding : 0;
}

// Writes what Boost.JSON's parser reports, as far as the shape knows it.
class Recorder {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  explicit Recorder(const wire::Shape& shape) : root_(shape) {}

  [[nodiscard]] std::string& out() { return out_; }
  [[nodiscard]] bool too_long() const { return out_.size() > max_audit_parameters; }

  bool on_document_begin(json::error_code& /*ec*/) { return true; }
  bool on_document_end(json::error_code& /*ec*/) { return true; }
  bool on_object_begin(json::error_code& ec) { return begin('{', {Kind::structure, Kind::map}, ec); }
  bool on_object_end(std::size_t /*n*/, json::error_code& ec) { return end('}', ec); }
  bool on_array_begin(json::error_code& ec) { return begin('[', {Kind::list, Kind::list}, ec); }
  bool on_array_end(std::size_t /*n*/, json::error_code& ec) { return end(']', ec); }

  bool on_key_part(json::string_view part, std::size_t /*n*/, json::error_code& /*ec*/) { return gather(part); }
  bool on_key(json::string_view part, std::size_t /*n*/, json::error_code& /*ec*/) {
    gather(part);
    if (skipped_ == 0) key_ = text_;
    forget_text();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t /*n*/, json::error_code& /*ec*/) { return gather(part); }
  bool on_string(json::string_view part, std::size_t /*n*/, json::error_code& ec) {
    gather(part);
    if (const wire::Shape* shape = open()) {
      if (shape->kind == Kind::blob) {
        out_ += "{\"bytes\":" + std::to_string(decoded_size(characters_, padding_)) + '}';
      } else {
        append_text(text_);
      }
    }
    forget_text();
    return goes_on(ec);
  }
  bool on_number_part(json::string_view /*part*/, json::error_code& /*ec*/) { return true; }
  bool on_int64(std::int64_t number, json::string_view /*text*/, json::error_code& ec) {
    return plain(std::to_string(number), ec);
  }
  bool on_uint64(std::uint64_t number, json::string_view /*text*/, json::error_code& ec) {
    return plain(std::to_string(number), ec);
  }
  bool on_double(double number, json::string_view /*text*/, json::error_code& ec) {
    std::array<char, 32> digits{};
    const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return plain(std::isfinite(number) ? std::string_view(digits.data(), end) : "null", ec);
  }
  bool on_bool(bool flag, json::error_code& ec) { return plain(flag ? "true" : "false", ec); }
  bool on_null(json::error_code& ec) { return plain("null", ec); }
  bool on_comment_part(json::string_view /*part*/, json::error_code& /*ec*/) { return true; }
  bool on_comment(json::string_view /*part*/, json::error_code& /*ec*/) { return true; }

 private:
  struct Frame {
    const wire::Shape* shape;
    std::size_t elements = 0;
  };

  // A string or a key in pieces: what is kept of it, and what must be known of a blob.
  bool gather(json::string_view part) {
    characters_ += part.size();
    const std::string_view text(part.data(), part.size());
    padding_ = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    // Four bytes are the longest character; the cut falls between two of them in append_text().
    constexpr std::size_t kept = 4 * (max_audit_text + 1);
    if (text_.size() < kept) text_ += text.substr(0, kept - text_.size());
    return true;
  }
  void forget_text() {
    text_.clear();
    characters_ = 0;
    padding_ = 0;
  }

  void append_text(std::string_view text) {
    const std::string_view kept = wire::first_characters(text, max_audit_text);
    append_json_string(out_, kept.size() < text.size() ? std::string(kept) + "…" : std::string(kept));
  }

  // The shape of the next value, after its comma and its name were written; null if it is not kept.
  const wire::Shape* open() {
    if (skipped_ > 0) return nullptr;
    if (frames_.empty()) return &root_;
    Frame& top = frames_.back();
    const wire::Shape* shape = top.shape->element;
    std::string_view name = key_;
    if (top.shape->kind == Kind::structure) {
      const auto found = std::ranges::find(top.shape->members, std::string_view(key_), &wire::Member::name);
      if (found == top.shape->members.end()) return nullptr;
      shape = found->shape;
      name = found->path;
    } else if (top.elements == max_audit_elements) {
      return nullptr;
    }
    if (top.elements++ > 0) out_.push_back(',');
    if (top.shape->kind != Kind::list) {
      append_text(name);
      out_.push_back(':');
    }
    return shape;
  }

  bool begin(char bracket, std::array<Kind, 2> kinds, json::error_code& ec) {
    const wire::Shape* shape = open();
    if (shape == nullptr) {
      ++skipped_;
      return true;
    }
    if (std::ranges::find(kinds, shape->kind) == kinds.end()) return stop(ec);
    frames_.push_back({shape});
    out_.push_back(bracket);
    return goes_on(ec);
  }
  bool end(char bracket, json::error_code& ec) {
    if (skipped_ > 0) {
      --skipped_;
      return true;
    }
    frames_.pop_back();
    out_.push_back(bracket);
    return goes_on(ec);
  }
  bool plain(std::string_view text, json::error_code& ec) {
    if (open() != nullptr) out_ += text;
    return goes_on(ec);
  }

  bool goes_on(json::error_code& ec) { return too_long() ? stop(ec) : true; }
  static bool stop(json::error_code& ec) {
    ec = json::error::syntax;
    return false;
  }

  const wire::Shape& root_;
  std::vector<Frame> frames_;  // at most wire::max_depth
  std::size_t skipped_ = 0;    // how many objects and arrays that are not kept are open
  std::string key_;            // of the next value in an object
  std::string text_;           // the start of the string that is being read
  std::size_t characters_ = 0;
  std::size_t padding_ = 0;
  std::string out_;
};

}  // namespace

std::string audit_parameters(const wire::Shape& shape, std::string_view body) {
  json::parse_options options;
  options.max_depth = wire::max_depth;
  json::basic_parser<Recorder> parser(options, shape);
  json::error_code ec;
  const std::size_t used = parser.write_some(false, body.data(), body.size(), ec);
  if (parser.handler().too_long()) {
    return "{\"omitted\":\"more than " + std::to_string(max_audit_parameters) + " bytes\"}";
  }
  std::string& out = parser.handler().out();
  const bool whole = !ec && used == body.size() && out.starts_with('{');
  return whole ? std::move(out) : std::string("null");
}

}  // namespace likeness::api

#include "wire/validation.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "wire/path.h"
#include "wire/text.h"

namespace likeness::wire {
namespace {

// As Java prints it: whole floats keep one decimal.
template <typename Float>
std::string float_text(Float number) {
  std::array<char, 32> digits;  // a double needs 24 characters at most
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  std::string text(digits.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

// A bound of the service description; all of Rekognition's are whole.
std::string bound_text(double bound) {
  if (std::trunc(bound) == bound && std::abs(bound) < 9e15) return std::to_string(static_cast<std::int64_t>(bound));
  return float_text(bound);
}

std::string joined(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

// Appends `value` as messages print it. Ends early when more than enough for a message is there: a character has at
// most four bytes.
void append_printed(std::string& out, const Shape& shape, const void* value) {
  constexpr std::size_t enough = 4 * (max_quoted_characters + 1);
  switch (shape.kind) {
    case Kind::boolean: out += *static_cast<const bool*>(value) ? "true" : "false"; break;
    case Kind::int32: out += std::to_string(*static_cast<const std::int32_t*>(value)); break;
    case Kind::int64: out += std::to_string(*static_cast<const std::int64_t*>(value)); break;
    case Kind::float32: out += float_text(*static_cast<const float*>(value)); break;
    case Kind::float64: out += float_text(*static_cast<const double*>(value)); break;
    case Kind::string:
      out += first_characters(*static_cast<const std::string*>(value), max_quoted_characters + 1);
      break;
    case Kind::blob: {
      const std::string size = std::to_string(static_cast<const Bytes*>(value)->size());
      out += "java.nio.HeapByteBuffer[pos=0 lim=" + size + " cap=" + size + "]";
      break;
    }
    case Kind::timestamp: out += format_rfc3339(*static_cast<const Time*>(value)); break;
    case Kind::enumeration: {
      const std::int32_t index = shape.enumeration->get(value);
      if (index != unknown_enumerator) out += shape.enumeration->names[static_cast<std::size_t>(index)];
      break;
    }
    case Kind::list: {
      const std::size_t size = shape.list->size(value);
      out.push_back('[');
      for (std::size_t i = 0; i < size && out.size() < enough; ++i) {
        if (i > 0) out += ", ";
        append_printed(out, *shape.element, shape.list->at(value, i));
      }
      out.push_back(']');
      break;
    }
    case Kind::map:
      out.push_back('{');
      shape.map->each(value, [&](const std::string& key, const void* element) {
        if (out.size() >= enough) return;
        if (out.back() != '{') out += ", ";
        append_printed(out, *shape.key, &key);
        out.push_back('=');
        append_printed(out, *shape.element, element);
      });
      out.push_back('}');
      break;
    case Kind::structure: out += shape.name; break;
  }
}

std::string quoted(std::string_view text) {
  const std::string_view start = first_characters(text, max_quoted_characters);
  std::string out(1, '\'');
  out += start;
  out += start.size() < text.size() ? "...'" : "'";
  return out;
}

class Validator {
 public:
  explicit Validator(const UnknownNames& unknown_names) : unknown_names_(unknown_names) {}

  void check(const Shape& shape, const void* value) {
    if (violations_.size() >= max_violations) return;
    switch (shape.kind) {
      case Kind::boolean:
      case Kind::timestamp: break;
      case Kind::int32: check_range(shape, value, *static_cast<const std::int32_t*>(value)); break;
      case Kind::int64: check_range(shape, value, static_cast<double>(*static_cast<const std::int64_t*>(value))); break;
      case Kind::float32: check_range(shape, value, static_cast<double>(*static_cast<const float*>(value))); break;
      case Kind::float64: check_range(shape, value, *static_cast<const double*>(value)); break;
      case Kind::string: check_string(shape, value); break;
      case Kind::blob: check_length(shape, value, static_cast<const Bytes*>(value)->size()); break;
      case Kind::enumeration: check_enumeration(shape, value); break;
      case Kind::list: check_list(shape, value); break;
      case Kind::map: check_map(shape, value); break;
      case Kind::structure: check_structure(shape, value); break;
    }
  }

  [[nodiscard]] Result<void> result() const {
    if (violations_.empty()) return {};
    std::string message = std::to_string(violations_.size()) + " validation error";
    message += violations_.size() == 1 ? " detected: " : "s detected: ";
    for (std::size_t i = 0; i < violations_.size(); ++i) {
      if (i > 0) message += "; ";
      message += violations_[i];
    }
    return Error(ErrorKind::invalid_argument, std::move(message));
  }

 private:
  // `printed` is the value as the message has it, with its quotes, or null.
  void add_printed(std::string_view printed, std::string_view constraint) {
    if (violations_.size() >= max_violations) return;
    violations_.push_back("Value " + std::string(printed) + " at '" + path_.text() +
                          "' failed to satisfy constraint: " + std::string(constraint));
  }

  void add(const Shape& shape, const void* value, std::string_view constraint) {
    std::string text;
    append_printed(text, shape, value);
    add_printed(quoted(text), constraint);
  }

  void check_range(const Shape& shape, const void* value, double number) {
    if (shape.max && number > *shape.max) {
      add(shape, value, "Member must have value less than or equal to " + bound_text(*shape.max));
    }
    if (shape.min && number < *shape.min) {
      add(shape, value, "Member must have value greater than or equal to " + bound_text(*shape.min));
    }
  }

  void check_length(const Shape& shape, const void* value, std::size_t length) {
    const auto number = static_cast<double>(length);
    if (shape.max && number > *shape.max) {
      add(shape, value, "Member must have length less than or equal to " + bound_text(*shape.max));
    }
    if (shape.min && number < *shape.min) {
      add(shape, value, "Member must have length greater than or equal to " + bound_text(*shape.min));
    }
  }

  void check_string(const Shape& shape, const void* value) {
    const std::string& text = *static_cast<const std::string*>(value);
    const std::size_t length = shape.min || shape.max ? character_count(text) : 0;
    check_length(shape, value, length);
    if (shape.max && static_cast<double>(length) > *shape.max) return;
    if (shape.pattern != nullptr && !shape.pattern->matches(text)) {
      add(shape, value, "Member must satisfy regular expression pattern: " + std::string(shape.pattern->source));
    }
  }

  void check_enumeration(const Shape& shape, const void* value) {
    if (shape.enumeration->get(value) != unknown_enumerator) return;
    const auto text = unknown_names_.find(path_.text());
    add_printed(quoted(text == unknown_names_.end() ? std::string_view() : std::string_view(text->second)),
                "Member must satisfy enum value set: [" + joined(shape.enumeration->names) + "]");
  }

  void check_list(const Shape& shape, const void* value) {
    const std::size_t size = shape.list->size(value);
    check_length(shape, value, size);
    for (std::size_t i = 0; i < size && violations_.size() < max_violations; ++i) {
      path_.push_element(i);
      check(*shape.element, shape.list->at(value, i));
      path_.pop();
    }
  }

  void check_map(const Shape& shape, const void* value) {
    check_length(shape, value, shape.map->size(value));
    shape.map->each(value, [&](const std::string& key, const void* element) {
      path_.push_entry(key, "key");
      check(*shape.key, &key);
      path_.pop();
      path_.push_entry(key, "member");
      check(*shape.element, element);
      path_.pop();
    });
  }

  void check_structure(const Shape& shape, const void* structure) {
    for (const Member& member : shape.members) {
      const void* value = member.find(structure);
      if (value == nullptr && !member.required) continue;
      path_.push_member(member.path);
      if (value == nullptr) {
        add_printed("null", "Member must not be null");
      } else {
        check(*member.shape, value);
      }
      path_.pop();
    }
  }

  const UnknownNames& unknown_names_;
  Path path_;
  std::vector<std::string> violations_;  // at most max_violations
};

}  // namespace

Result<void> validate(const Shape& shape, const void* structure, const UnknownNames& unknown_names) {
  Validator validator(unknown_names);
  validator.check(shape, structure);
  return validator.result();
}

}  // namespace likeness::wire

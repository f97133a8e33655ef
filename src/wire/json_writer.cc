#include "wire/json_writer.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <concepts>

#include "base/bytes.h"
#include "base/log.h"
#include "base/time.h"

namespace likeness::wire {
namespace {

template <typename Number>
void append_number(std::string& out, Number number) {
  if constexpr (std::floating_point<Number>) {
    if (!std::isfinite(number)) {
      out += "null";
      return;
    }
  }
  std::array<char, 32> digits;  // a double needs 24 characters at most
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

void append_timestamp(std::string& out, Time time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
  if (millis % 1000 == 0) {
    append_number(out, millis / 1000);
  } else {
    append_number(out, static_cast<double>(millis) / 1000);  // exact to the millisecond for 10^5 years
  }
}

void append_structure(std::string& out, const Shape& shape, const void* structure) {
  out.push_back('{');
  bool first = true;
  for (const Member& member : shape.members) {
    const void* value = member.find(structure);
    if (value == nullptr) continue;
    if (!first) out.push_back(',');
    first = false;
    out.push_back('"');
    out += member.name;  // an identifier: nothing to escape
    out += "\":";
    append_json(out, *member.shape, value);
  }
  out.push_back('}');
}

void append_list(std::string& out, const Shape& shape, const void* list) {
  out.push_back('[');
  const std::size_t size = shape.list->size(list);
  for (std::size_t i = 0; i < size; ++i) {
    if (i > 0) out.push_back(',');
    append_json(out, *shape.element, shape.list->at(list, i));
  }
  out.push_back(']');
}

void append_map(std::string& out, const Shape& shape, const void* map) {
  out.push_back('{');
  bool first = true;
  shape.map->each(map, [&](const std::string& key, const void* value) {
    if (!first) out.push_back(',');
    first = false;
    append_json_string(out, key);
    out.push_back(':');
    append_json(out, *shape.element, value);
  });
  out.push_back('}');
}

void append_enumeration(std::string& out, const Shape& shape, const void* value) {
  const std::int32_t index = shape.enumeration->get(value);
  if (index == unknown_enumerator) {  // no operation can make one; never write what clients cannot read
    out += "null";
    return;
  }
  append_json_string(out, shape.enumeration->names[static_cast<std::size_t>(index)]);
}

}  // namespace

void append_json(std::string& out, const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::boolean: out += *static_cast<const bool*>(value) ? "true" : "false"; break;
    case Kind::int32: append_number(out, *static_cast<const std::int32_t*>(value)); break;
    case Kind::int64: append_number(out, *static_cast<const std::int64_t*>(value)); break;
    case Kind::float32: append_number(out, *static_cast<const float*>(value)); break;
    case Kind::float64: append_number(out, *static_cast<const double*>(value)); break;
    case Kind::string: append_json_string(out, *static_cast<const std::string*>(value)); break;
    case Kind::blob:
      out.push_back('"');
      out += to_base64(*static_cast<const Bytes*>(value));
      out.push_back('"');
      break;
    case Kind::timestamp: append_timestamp(out, *static_cast<const Time*>(value)); break;
    case Kind::enumeration: append_enumeration(out, shape, value); break;
    case Kind::list: append_list(out, shape, value); break;
    case Kind::map: append_map(out, shape, value); break;
    case Kind::structure: append_structure(out, shape, value); break;
  }
}

}  // namespace likeness::wire

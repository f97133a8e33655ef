// What a generated type looks like to the code that reads, checks and writes it: one constant Shape for each shape of
// the service description, made by contract/emit_shapes.py.
//
// One reader, one validator and one writer walk these tables, instead of one of each being generated for each of some
// three hundred types: what is generated is data, and what is clever is written, read and tested once. The price is
// that values are passed as `void*`; each pointer is made and used by the typed functions at the end of this file,
// and the generated code never casts.
//
// Thread rule: constants. Ownership: Shapes point to other Shapes and to text, all of which live as long as the
// program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace likeness::wire {

// The C++ type behind the pointer to a value, by kind.
enum class Kind : std::uint8_t {
  boolean,      // bool
  int32,        // std::int32_t
  int64,        // std::int64_t
  float32,      // float
  float64,      // double
  string,       // std::string, UTF-8
  blob,         // likeness::Bytes; base64 in JSON
  timestamp,    // likeness::Time; seconds since 1970 in JSON
  enumeration,  // an enum class over std::int32_t whose values are indices into EnumAccess::names; a string in JSON
  list,         // std::vector<T>
  map,          // std::map<std::string, T>
  structure,    // a struct of std::optional members
};

struct Shape;

// A regular expression of the service description. A value satisfies it if the whole value matches.
struct Pattern {
  std::string_view source;  // as in the service description (a Java expression), for messages
  bool (*matches)(std::string_view text);
};

struct Member {
  std::string_view name;  // in JSON: "S3Object"
  std::string_view path;  // in messages: "s3Object"
  const Shape* shape;
  bool required;
  void* (*emplace)(void* structure);           // puts a fresh value in and returns it
  void (*reset)(void* structure);              // makes the member absent
  const void* (*find)(const void* structure);  // null if the member is absent
};

struct ListAccess {
  void* (*append)(void* list);  // adds a fresh element and returns it
  std::size_t (*size)(const void* list);
  const void* (*at)(const void* list, std::size_t index);
};

struct MapAccess {
  using Visitor = std::function<void(const std::string& key, const void* value)>;
  void* (*emplace)(void* map, std::string_view key);  // puts a fresh value in and returns it
  std::size_t (*size)(const void* map);
  void (*each)(const void* map, const Visitor& visit);  // in the order of the keys
};

// The value that an enumeration holds when the text it was read from is none of its names. Only the reader makes it,
// and the validator refuses it, so an operation never sees one.
inline constexpr std::int32_t unknown_enumerator = -1;

struct EnumAccess {
  std::span<const std::string_view> names;
  std::int32_t (*get)(const void* value);
  void (*set)(void* value, std::int32_t index);
};

// A structure of some type that the holder does not name.
using AnyStructure = std::unique_ptr<void, void (*)(void*)>;

struct Shape {
  std::string_view name;  // in the service description: "FaceDetail"
  Kind kind = Kind::structure;
  // Inclusive; of the value for numbers, else of the length: characters, bytes, elements or entries.
  std::optional<double> min = std::nullopt;
  std::optional<double> max = std::nullopt;
  const Pattern* pattern = nullptr;  // strings
  const EnumAccess* enumeration = nullptr;
  const ListAccess* list = nullptr;
  const MapAccess* map = nullptr;
  const Shape* key = nullptr;      // maps: a string
  const Shape* element = nullptr;  // lists and maps
  std::span<const Member> members = {};
  AnyStructure (*make)() = nullptr;  // structures
};

// The access functions for C++ types. The generated tables name these and nothing else.

template <auto field>
struct FieldAccess;

template <typename Structure, typename Value, std::optional<Value> Structure::* field>
struct FieldAccess<field> {
  static void* emplace(void* structure) { return &(static_cast<Structure*>(structure)->*field).emplace(); }
  static void reset(void* structure) { (static_cast<Structure*>(structure)->*field).reset(); }
  static const void* find(const void* structure) {
    const std::optional<Value>& member = static_cast<const Structure*>(structure)->*field;
    return member ? &*member : nullptr;
  }
};

enum class Presence : std::uint8_t { optional, required };

template <auto field>
constexpr Member member(std::string_view name, std::string_view path, const Shape& shape,
                        Presence presence = Presence::optional) {
  using Access = FieldAccess<field>;
  return {name, path, &shape, presence == Presence::required, Access::emplace, Access::reset, Access::find};
}

template <typename Element>
inline constexpr ListAccess list_access = {
    .append = [](void* list) -> void* { return &static_cast<std::vector<Element>*>(list)->emplace_back(); },
    .size = [](const void* list) { return static_cast<const std::vector<Element>*>(list)->size(); },
    .at = [](const void* list, std::size_t index) -> const void* {
      return &(*static_cast<const std::vector<Element>*>(list))[index];
    },
};

template <typename Value>
inline constexpr MapAccess map_access = {
    .emplace = [](void* map, std::string_view key) -> void* {
      return &static_cast<std::map<std::string, Value>*>(map)
                  ->insert_or_assign(std::string(key), Value())
                  .first->second;
    },
    .size = [](const void* map) { return static_cast<const std::map<std::string, Value>*>(map)->size(); },
    .each =
        [](const void* map, const MapAccess::Visitor& visit) {
          for (const auto& [key, value] : *static_cast<const std::map<std::string, Value>*>(map)) visit(key, &value);
        },
};

template <typename Enum>
constexpr EnumAccess enum_access(std::span<const std::string_view> names) {
  return {names, [](const void* value) { return static_cast<std::int32_t>(*static_cast<const Enum*>(value)); },
          [](void* value, std::int32_t index) { *static_cast<Enum*>(value) = static_cast<Enum>(index); }};
}

template <typename Structure>
AnyStructure make_structure() {
  return {new Structure(), [](void* structure) { delete static_cast<Structure*>(structure); }};
}

}  // namespace likeness::wire

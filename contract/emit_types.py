"""The headers with the types: enums.h, shared.h, and one for each operation."""

from model import SHARED, Operation, Service, Shape
from names import quoted, snake_case
from output import Output


def emit_types(service: Service, output: Output) -> None:
    _emit_enums(service, output)
    _emit_shared(service, output)
    for operation in service.operations:
        _emit_operation(service, operation, output)


def _emit_enums(service: Service, output: Output) -> None:
    enums = [shape for shape in service.shapes if shape.kind == "enumeration"]
    lines = [
        "// The enumerations of the service. The value of an enumerator is its place in the service description.",
        "#pragma once",
        "",
        "#include <cstdint>",
        "#include <optional>",
        "#include <string_view>",
        "",
        *output.open_namespace(),
        "",
        "// The value with that name in JSON.",
        "template <typename Enum>",
        "[[nodiscard]] std::optional<Enum> parse_name(std::string_view name);",
    ]
    for enum in enums:
        enumerators = [snake_case(value) for value in enum.enumerators]
        if len(set(enumerators)) != len(enumerators):
            raise ValueError(f"two values of {enum.name} have the same C++ name")
        lines += [
            "",
            f"enum class {enum.name} : std::int32_t {{",
            *[f"  {enumerator}," for enumerator in enumerators],
            "};",
            f"[[nodiscard]] std::string_view name({enum.name} value);  // in JSON",
            "template <>",
            f"std::optional<{enum.name}> parse_name<{enum.name}>(std::string_view name);",
        ]
    output.write("enums.h", lines + ["", *output.close_namespace()])

    lines = [
        f"#include {output.include('enums.h')}",
        "",
        "#include <algorithm>",
        "#include <array>",
        "#include <cstddef>",
        "",
        f"#include {output.include('shapes.h')}",
        "",
        *output.open_namespace(),
        "namespace {",
        "",
        "template <typename Enum, std::size_t size>",
        "std::optional<Enum> find_name(const std::array<std::string_view, size>& names, std::string_view name) {",
        "  const auto found = std::ranges::find(names, name);",
        "  if (found == names.end()) return std::nullopt;",
        "  return static_cast<Enum>(found - names.begin());",
        "}",
    ]
    for enum in enums:
        lines += [
            "",
            f"constexpr std::array<std::string_view, {len(enum.enumerators)}> {enum.variable}_names = {{",
            *[f"    {quoted(value)}," for value in enum.enumerators],
            "};",
            f"constexpr EnumAccess {enum.variable}_access = enum_access<{enum.name}>({enum.variable}_names);",
        ]
    lines += ["", "}  // namespace"]
    for enum in enums:
        lines += [
            "",
            f"std::string_view name({enum.name} value) {{",
            f"  return {enum.variable}_names[static_cast<std::size_t>(value)];",
            "}",
            "template <>",
            f"std::optional<{enum.name}> parse_name<{enum.name}>(std::string_view name) {{",
            f"  return find_name<{enum.name}>({enum.variable}_names, name);",
            "}",
        ]
    lines += ["", "namespace shapes {", ""]
    lines += [
        f"constinit const Shape {enum.variable} = {{\n"
        f"    .name = {quoted(enum.name)}, .kind = Kind::enumeration, .enumeration = &{enum.variable}_access}};"
        for enum in enums
    ]
    output.write("enums.cc", lines + ["", "}  // namespace shapes", *output.close_namespace()])


def _emit_shared(service: Service, output: Output) -> None:
    lines = [
        "// The structures that several operations use.",
        "#pragma once",
        "",
        "#include <cstdint>",
        "#include <map>",
        "#include <optional>",
        "#include <string>",
        "#include <vector>",
        "",
        '#include "base/bytes.h"',
        '#include "base/time.h"',
        '#include "wire/message.h"',
        f"#include {output.include('enums.h')}",
        "",
        *output.open_namespace(),
        *_structures(service, SHARED),
        "",
        *output.close_namespace(),
    ]
    output.write("shared.h", lines)


def _emit_operation(service: Service, operation: Operation, output: Output) -> None:
    lines = [
        f"// Request and response of {operation.name}.",
        "#pragma once",
        "",
        f"#include {output.include('shared.h')}",
        "",
        *output.open_namespace(),
        *_structures(service, operation.name),
        "",
        *output.close_namespace(),
    ]
    output.write(f"{operation.cpp_name}.h", lines)


def _structures(service: Service, home: str) -> list[str]:
    lines = []
    for shape in service.shapes:
        if shape.kind == "structure" and shape.home == home:
            lines += ["", *_structure(shape)]
    return lines


def _structure(shape: Shape) -> list[str]:
    names = [member.cpp_name for member in shape.members]
    if len(set(names)) != len(names):
        raise ValueError(f"two members of {shape.name} have the same C++ name")
    lines = [f"struct {shape.name} {{"]
    for member in shape.members:
        comment = "  // required" if member.required else ""
        lines.append(f"  std::optional<{member.shape.cpp_type}> {member.cpp_name} = {{}};{comment}")
    if shape.is_message:
        lines += [""] if names else []
        lines.append("  static const Shape& shape();  // for parse() and to_json()")
    return lines + ["};"]

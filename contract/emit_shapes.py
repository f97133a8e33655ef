"""The tables that reader, validator and writer walk: one constant Shape for each shape (src/wire/schema.h)."""

from model import SHARED, Service, Shape
from names import quoted
from output import Output
from patterns import translate

_FILES_OF_OPERATIONS = 4  # so that two compilers have something to do


def emit_shapes(service: Service, output: Output) -> None:
    _emit_declarations(service, output)
    _emit_scalars(service, output)
    _emit_tables("shared_shapes.cc", ["shared.h"], [s for s in service.shapes if s.home == SHARED], output)
    size = -(-len(service.operations) // _FILES_OF_OPERATIONS)
    for number in range(_FILES_OF_OPERATIONS):
        operations = service.operations[number * size : (number + 1) * size]
        homes = {operation.name for operation in operations}
        shapes = [shape for shape in service.shapes if shape.home in homes]
        headers = [f"{operation.cpp_name}.h" for operation in operations]
        _emit_tables(f"operation_shapes_{number + 1}.cc", headers, shapes, output)


def _emit_declarations(service: Service, output: Output) -> None:
    lines = [
        "// The tables of all shapes. For the .cc files of this folder.",
        "#pragma once",
        "",
        "#include <array>",
        "#include <span>",
        "",
        '#include "wire/schema.h"',
        "",
        *output.open_namespace(),
        "",
        "// Of every string that has one, for the tests.",
        "[[nodiscard]] std::span<const Pattern* const> all_patterns();",
        "",
        "namespace shapes {",
        "",
        *[f"extern const Shape {shape.variable};" for shape in service.shapes],
        "",
        "}  // namespace shapes",
        *output.close_namespace(),
    ]
    output.write("shapes.h", lines)


def _emit_scalars(service: Service, output: Output) -> None:
    scalars = [shape for shape in service.shapes if shape.is_scalar and shape.kind != "enumeration"]
    patterned = [shape for shape in scalars if shape.pattern]
    lines = [
        f"#include {output.include('shapes.h')}",
        '#include "wire/compiled_pattern.h"',
        "",
        *output.open_namespace(),
        "namespace {",
        "",
        "// Each expression is compiled when it is first used and is constant from then on.",
    ]
    for shape in patterned:
        pattern = translate(shape.pattern)
        arguments = f"\n        {quoted(pattern.expression)}"
        if pattern.forbidden_start:
            arguments += f",\n        {quoted(pattern.forbidden_start)}"
        lines += [
            f"constexpr Pattern {shape.variable}_pattern = {{",
            f"    {quoted(pattern.source)}, [](std::string_view text) {{",
            f"      static const CompiledPattern pattern({arguments});",
            "      return pattern.matches(text);",
            "    }};",
        ]
    lines += [
        "",
        f"constexpr std::array<const Pattern*, {len(patterned)}> patterns = {{",
        *[f"    &{shape.variable}_pattern," for shape in patterned],
        "};",
        "",
        "}  // namespace",
        "",
        "std::span<const Pattern* const> all_patterns() { return patterns; }",
        "",
        "namespace shapes {",
        "",
        *[_definition(shape) for shape in scalars],
        "",
        "}  // namespace shapes",
        *output.close_namespace(),
    ]
    output.write("scalar_shapes.cc", lines)


def _emit_tables(name: str, headers: list[str], shapes: list[Shape], output: Output) -> None:
    shapes = [shape for shape in shapes if not shape.is_scalar]
    messages = [shape for shape in shapes if shape.is_message]
    lines = [
        *[f"#include {output.include(header)}" for header in headers],
        f"#include {output.include('shapes.h')}",
        "",
        *output.open_namespace(),
        "namespace {",
    ]
    for shape in shapes:
        lines += _members(shape)
    lines += ["", "}  // namespace", "", "namespace shapes {", ""]
    lines += [_definition(shape) for shape in shapes]
    lines += ["", "}  // namespace shapes", ""]
    lines += [f"const Shape& {shape.name}::shape() {{ return shapes::{shape.variable}; }}" for shape in messages]
    output.write(name, lines + ["", *output.close_namespace()])


def _members(shape: Shape) -> list[str]:
    if not shape.members:
        return []
    lines = ["", f"constexpr std::array<Member, {len(shape.members)}> {shape.variable}_members = {{"]
    for member in shape.members:
        presence = ", Presence::required" if member.required else ""
        lines += [
            f"    member<&{shape.name}::{member.cpp_name}>(",
            f"        {quoted(member.name)}, {quoted(member.path)}, shapes::{member.shape.variable}{presence}),",
        ]
    return lines + ["};"]


def _definition(shape: Shape) -> str:
    fields = [f".name = {quoted(shape.name)}", f".kind = Kind::{shape.kind}"]
    if shape.min is not None:
        fields.append(f".min = {shape.min}")
    if shape.max is not None:
        fields.append(f".max = {shape.max}")
    if shape.pattern:
        fields.append(f".pattern = &{shape.variable}_pattern")
    if shape.kind == "list":
        fields.append(f".list = &list_access<{shape.element.cpp_type}>")
    if shape.kind == "map":
        fields += [f".map = &map_access<{shape.element.cpp_type}>", f".key = &{shape.key.variable}"]
    if shape.element:
        fields.append(f".element = &{shape.element.variable}")
    if shape.members:
        fields.append(f".members = {shape.variable}_members")
    if shape.kind == "structure":
        fields.append(f".make = make_structure<{shape.name}>")
    return f"constinit const Shape {shape.variable} = {{\n    " + ", ".join(fields) + "};"

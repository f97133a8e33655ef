"""The table of operations: operations.h and operations.cc."""

from coverage_table import CoverageTable
from model import Operation, Service
from names import quoted
from output import Output


def emit_operations(service: Service, table: CoverageTable, output: Output) -> None:
    _emit_header(service, table, output)
    _emit_source(service, output)


def _emit_header(service: Service, table: CoverageTable, output: Output) -> None:
    count = len(service.operations)
    answered = [operation for operation in service.operations if table.is_answered(operation.name)]
    lines = [
        "// The operations of the service.",
        "//",
        "// Thread rule: constants and free functions, callable from any thread.",
        "#pragma once",
        "",
        "#include <array>",
        "#include <cstddef>",
        "#include <cstdint>",
        "#include <optional>",
        "#include <span>",
        "#include <string_view>",
        "",
        '#include "base/result.h"',
        "",
        "namespace likeness::wire {",
        "struct Shape;  // wire/schema.h",
        "}  // namespace likeness::wire",
        "",
        *output.open_namespace(),
        "",
        "enum class Operation : std::uint8_t {",
        *[f"  {operation.cpp_name}," for operation in service.operations],
        "};",
        "",
        f"inline constexpr std::size_t operation_count = {count};",
        "// X-Amz-Target is the target prefix of the operation's service, a full stop, and the name of the operation.",
        "// This is the prefix of most; an extension has its own.",
        f"inline constexpr std::string_view target_prefix = {quoted(service.target_prefix)};",
        "[[nodiscard]] std::string_view target_prefix_of(Operation operation);",
        "// Of the service, in the credential scope of SigV4.",
        f"inline constexpr std::string_view signing_name = {quoted(service.signing_name)};",
        "",
        "// Whether contract/operations.toml, and so the coverage page, says that the operation is answered.",
        "[[nodiscard]] constexpr bool implemented(Operation operation) {",
        "  switch (operation) {",
        *[f"    case Operation::{operation.cpp_name}:" for operation in answered],
        *(["      return true;"] if answered else []),
        "    default: return false;",
        "  }",
        "}",
        "",
        "// All, by name.",
        "[[nodiscard]] const std::array<Operation, operation_count>& all_operations();",
        "",
        '// "DetectFaces".',
        "[[nodiscard]] std::string_view name(Operation operation);",
        "[[nodiscard]] std::optional<Operation> find_operation(std::string_view name);",
        "",
        "// Whether a request can carry bytes (a picture, ground truth of a data set), so that it may be megabytes long.",
        "[[nodiscard]] bool takes_image_bytes(Operation operation);",
        "",
        '// The errors that the service description gives for the operation: "InvalidParameterException", ...',
        "[[nodiscard]] std::span<const std::string_view> errors(Operation operation);",
        "",
        "// Reads a request and checks it, for operations whose meaning is not written yet. Errors: those of parse() in",
        "// wire/message.h.",
        "[[nodiscard]] Result<void> validate_request(Operation operation, std::string_view body);",
        "",
        "// The tables of its messages, for tests and tools that handle all operations alike.",
        "[[nodiscard]] const Shape& request_shape(Operation operation);",
        "[[nodiscard]] const Shape& response_shape(Operation operation);",
        "",
        *output.close_namespace(),
    ]
    output.write("operations.h", lines)


def _emit_source(service: Service, output: Output) -> None:
    lines = [
        f"#include {output.include('operations.h')}",
        "",
        "#include <algorithm>",
        "",
        f"#include {output.include('shapes.h')}",
        '#include "wire/message.h"',
        "",
        *output.open_namespace(),
        "namespace {",
        "",
        "struct Row {",
        "  std::string_view name;",
        "  std::string_view target_prefix;",
        "  const Shape* request;",
        "  const Shape* response;",
        "  bool takes_image_bytes;",
        "  std::span<const std::string_view> errors;",
        "};",
    ]
    for operation in service.operations:
        lines += [
            "",
            f"constexpr std::array<std::string_view, {len(operation.errors)}> {operation.cpp_name}_errors = {{",
            *[f"    {quoted(error)}," for error in operation.errors],
            "};",
        ]
    lines += ["", "constexpr std::array<Row, operation_count> rows = {"]
    lines += [_row(operation) for operation in service.operations]
    lines += ["};", "", "constexpr std::array<Operation, operation_count> operations = {"]
    lines += [f"    Operation::{operation.cpp_name}," for operation in service.operations]
    lines += [
        "};",
        "",
        "const Row& row(Operation operation) { return rows[static_cast<std::size_t>(operation)]; }",
        "",
        "}  // namespace",
        "",
        "const std::array<Operation, operation_count>& all_operations() { return operations; }",
        "",
        "std::string_view name(Operation operation) { return row(operation).name; }",
        "",
        "std::optional<Operation> find_operation(std::string_view name) {",
        "  const auto found = std::ranges::lower_bound(rows, name, {}, &Row::name);",
        "  if (found == rows.end() || found->name != name) return std::nullopt;",
        "  return operations[static_cast<std::size_t>(found - rows.begin())];",
        "}",
        "",
        "std::string_view target_prefix_of(Operation operation) { return row(operation).target_prefix; }",
        "",
        "bool takes_image_bytes(Operation operation) { return row(operation).takes_image_bytes; }",
        "",
        "std::span<const std::string_view> errors(Operation operation) { return row(operation).errors; }",
        "",
        "Result<void> validate_request(Operation operation, std::string_view body) {",
        "  const Shape& shape = request_shape(operation);",
        "  const AnyStructure request = shape.make();",
        "  return parse_into(shape, request.get(), body);",
        "}",
        "",
        "const Shape& request_shape(Operation operation) { return *row(operation).request; }",
        "const Shape& response_shape(Operation operation) { return *row(operation).response; }",
        "",
        *output.close_namespace(),
    ]
    output.write("operations.cc", lines)


def _row(operation: Operation) -> str:
    request, response = operation.request.variable, operation.response.variable
    takes_blob = "true" if operation.takes_blob else "false"
    return (
        f"    Row{{{quoted(operation.name)}, {quoted(operation.target_prefix)}, &shapes::{request}, &shapes::{response}, {takes_blob},\n"
        f"        {operation.cpp_name}_errors}},"
    )

"""A service description as the generator sees it: operations, the shapes they reach, and where each belongs."""

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

from names import path_name, snake_case

# The kinds of schema.h, by the types of service descriptions. Strings with "enum" are enumerations.
_KINDS = {
    "boolean": "boolean",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "string",
    "blob": "blob",
    "timestamp": "timestamp",
    "list": "list",
    "map": "map",
    "structure": "structure",
}
_CPP_SCALARS = {
    "boolean": "bool",
    "int32": "std::int32_t",
    "int64": "std::int64_t",
    "float32": "float",
    "float64": "double",
    "string": "std::string",
    "blob": "Bytes",
    "timestamp": "Time",
}
SHARED = ""  # the home of shapes that several operations use


@dataclass
class Member:
    name: str
    shape: "Shape"
    required: bool

    @property
    def cpp_name(self) -> str:
        return snake_case(self.name)

    @property
    def path(self) -> str:
        return path_name(self.name)


@dataclass
class Shape:
    name: str
    kind: str
    min: float | None = None
    max: float | None = None
    pattern: str | None = None
    enumerators: list[str] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    key: "Shape | None" = None
    element: "Shape | None" = None
    home: str = SHARED  # the one operation that uses it, or SHARED
    is_message: bool = False  # the request or response of an operation

    @property
    def is_scalar(self) -> bool:
        return self.kind not in ("structure", "list", "map")

    @property
    def cpp_type(self) -> str:
        if self.kind in ("structure", "enumeration"):
            return self.name
        if self.kind == "list":
            return f"std::vector<{self.element.cpp_type}>"
        if self.kind == "map":
            return f"std::map<std::string, {self.element.cpp_type}>"
        return _CPP_SCALARS[self.kind]

    @property
    def variable(self) -> str:
        """Of its Shape, in namespace shapes."""
        return snake_case(self.name)

    def parts(self) -> list["Shape"]:
        """The shapes it is directly made of."""
        return [m.shape for m in self.members] + [s for s in (self.key, self.element) if s]


@dataclass
class Operation:
    name: str
    request: Shape
    response: Shape
    errors: list[str]
    target_prefix: str

    @property
    def cpp_name(self) -> str:
        return snake_case(self.name)

    @property
    def takes_blob(self) -> bool:
        return any(shape.kind == "blob" for shape in reachable(self.request))


@dataclass
class Service:
    """One or more descriptions as one: the first gives the service its names, the others add operations."""

    target_prefix: str
    signing_name: str
    operations: list[Operation]
    shapes: list[Shape]  # all that operations reach; each after those it is made of

    def operation(self, name: str) -> Operation:
        for operation in self.operations:
            if operation.name == name:
                return operation
        raise KeyError(f"the service has no operation {name}")


def load(path: Path, *extensions: Path) -> Service:
    return build(*(_read(each) for each in (path, *extensions)))


def _read(path: Path) -> dict:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def build(description: dict, *extensions: dict) -> Service:
    """Raises ValueError if two descriptions give one name to different things."""
    metadata = description["metadata"]
    descriptions: dict[str, dict] = {}
    entries: dict[str, tuple[str, dict]] = {}
    for each in (description, *extensions):
        if each["metadata"].get("signingName", each["metadata"]["endpointPrefix"]) != metadata.get(
            "signingName", metadata["endpointPrefix"]
        ):
            raise ValueError("an extension is signed as the service that it extends")
        for name, shape in each["shapes"].items():
            facts = _without_documentation(shape)
            if not shape.get("exception") and descriptions.setdefault(name, facts) != facts:
                raise ValueError(f"shape {name} is not the same in two descriptions")
        for name, entry in each["operations"].items():
            if name in entries:
                raise ValueError(f"operation {name} is in two descriptions")
            entries[name] = (each["metadata"]["targetPrefix"], entry)
    shapes = _Shapes(descriptions)
    operations = [
        Operation(
            name,
            shapes.get(entry["input"]["shape"]),
            shapes.get(entry["output"]["shape"]),
            [error["shape"] for error in entry.get("errors", [])],
            target_prefix,
        )
        for name, (target_prefix, entry) in sorted(entries.items())
    ]
    signing_name = metadata.get("signingName", metadata["endpointPrefix"])
    service = Service(metadata["targetPrefix"], signing_name, operations, shapes.in_order)
    for operation in operations:
        operation.request.is_message = operation.response.is_message = True
    _settle_homes(service)
    return service


def _without_documentation(value):
    if isinstance(value, dict):
        return {key: _without_documentation(part) for key, part in value.items() if key != "documentation"}
    return value


def reachable(shape: Shape) -> list[Shape]:
    """`shape` and all that it is made of, each once and after its parts."""
    seen: dict[str, Shape] = {}

    def visit(current: Shape) -> None:
        if current.name in seen:
            return
        for part in current.parts():
            visit(part)
        seen[current.name] = current

    visit(shape)
    return list(seen.values())


class _Shapes:
    def __init__(self, descriptions: dict):
        self._descriptions = descriptions
        self._made: dict[str, Shape] = {}
        self._open: list[str] = []
        self.in_order: list[Shape] = []

    def get(self, name: str) -> Shape:
        if name in self._made:
            return self._made[name]
        if name in self._open:
            raise ValueError(f"shape {name} contains itself: structures of std::optional members cannot")
        self._open.append(name)
        self._made[name] = shape = self._make(name, self._descriptions[name])
        self._open.pop()
        self.in_order.append(shape)
        return shape

    def _make(self, name: str, entry: dict) -> Shape:
        kind = "enumeration" if "enum" in entry else _KINDS[entry["type"]]
        shape = Shape(name, kind, entry.get("min"), entry.get("max"), entry.get("pattern"), entry.get("enum", []))
        if kind == "structure":
            required = set(entry.get("required", []))
            shape.members = [
                Member(member, self.get(reference["shape"]), member in required)
                for member, reference in entry["members"].items()
            ]
        elif kind == "list":
            shape.element = self.get(entry["member"]["shape"])
            if shape.element.kind == "boolean":
                raise ValueError(f"{name} is a list of booleans: std::vector<bool> has no addressable elements")
        elif kind == "map":
            shape.key = self.get(entry["key"]["shape"])
            shape.element = self.get(entry["value"]["shape"])
        return shape


def _settle_homes(service: Service) -> None:
    users: dict[str, set[str]] = {}
    for operation in service.operations:
        for shape in reachable(operation.request) + reachable(operation.response):
            users.setdefault(shape.name, set()).add(operation.name)
    for shape in service.shapes:
        using = users[shape.name]
        if len(using) == 1 and not shape.is_scalar:
            shape.home = next(iter(using))

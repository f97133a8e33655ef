"""contract/operations.toml: what is answered, written by hand, checked against the service description."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from model import Operation, Service, Shape

ANSWERED = "answered"
NOT_YET = "not yet"


@dataclass(frozen=True)
class Gap:
    field: str  # "FaceDetails[].Emotions"
    reason: str


@dataclass(frozen=True)
class Coverage:
    input_gaps: list[Gap]  # what of the request is refused or has no effect
    output_gaps: list[Gap]  # what of the response is not filled


@dataclass(frozen=True)
class CoverageTable:
    groups: dict[str, list[str]]  # title -> operations
    answered: dict[str, Coverage]
    extensions: frozenset[str] = frozenset()  # titles of groups that are not Amazon's

    def is_answered(self, operation: str) -> bool:
        return operation in self.answered


def load_table(path: Path, service: Service) -> CoverageTable:
    with path.open("rb") as file:
        return build_table(tomllib.load(file), service)


def build_table(data: dict, service: Service) -> CoverageTable:
    """Raises ValueError if an operation is in no group or in two, or if a field does not exist."""
    groups = {group["title"]: group["operations"] for group in data["group"]}
    grouped = sorted(name for names in groups.values() for name in names)
    if grouped != [operation.name for operation in service.operations]:
        different = set(grouped) ^ {operation.name for operation in service.operations}
        raise ValueError(f"every operation belongs to one group; check {sorted(different) or 'for a repeated one'}")
    reasons = data.get("reasons", {})
    answered = {
        name: _coverage(service.operation(name), entry, reasons) for name, entry in data.get("answered", {}).items()
    }
    extensions = frozenset(group["title"] for group in data["group"] if group.get("extension"))
    return CoverageTable(groups, answered, extensions)


def _coverage(operation: Operation, entry: dict, reasons: dict) -> Coverage:
    return Coverage(
        _gaps(operation.name, operation.request, entry.get("input", {}), reasons),
        _gaps(operation.name, operation.response, entry.get("output", {}), reasons),
    )


def _gaps(operation: str, shape: Shape, fields: dict[str, str], reasons: dict) -> list[Gap]:
    for field in fields:
        _find(operation, shape, field)
    return [Gap(field, reasons.get(reason, reason)) for field, reason in fields.items()]


def _find(operation: str, shape: Shape, field: str) -> None:
    for part in field.split("."):
        name = part.removesuffix("[]")
        member = next((member for member in shape.members if member.name == name), None)
        if member is None or (member.shape.kind == "list") < part.endswith("[]"):
            raise ValueError(f"{operation}: there is no field {field} (at {part})")
        shape = member.shape.element if part.endswith("[]") else member.shape

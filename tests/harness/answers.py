"""Whether JSON has a shape of the service description: types, required members, enumerations, ranges, nothing unknown."""

import base64
import binascii
import math

from harness import strings
from harness.description import members, shape


def problems(name: str, value, path: str = "") -> list[str]:
    """What is wrong with a value that an answer gives for that shape. Rekognition leaves absent members out."""
    of = shape(name)
    kind = of["type"]
    if kind == "structure":
        return _structure(of, value, path)
    if kind == "list":
        if not isinstance(value, list):
            return [f"{path} is no list"]
        found = _size(of, value, path)
        return found + [line for i, item in enumerate(value) for line in problems(of["member"]["shape"], item, f"{path}[{i}]")]
    if kind == "map":
        if not isinstance(value, dict):
            return [f"{path} is no map"]
        return _size(of, value, path) + [line for key, item in value.items() for line in
                                         problems(of["key"]["shape"], key, f"{path}.key") +
                                         problems(of["value"]["shape"], item, f"{path}.{key}")]
    return _scalar(of, value, path)


def _structure(of: dict, value, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path or 'the answer'} is no object"]
    known = members(of)
    found = [f"{path}.{name} is not in the description" for name in value if name not in known]
    found += [f"{path}.{name} is required and absent" for name in of.get("required", []) if value.get(name) is None]
    for name, item in value.items():
        if name in known and item is not None:
            found += problems(known[name], item, f"{path}.{name}")
        elif name in known:
            found.append(f"{path}.{name} is null: absent members are left out")
    return found


def _size(of: dict, value, path: str) -> list[str]:
    return [] if of.get("min", 0) <= len(value) <= of.get("max", 1 << 60) else [f"{path} has {len(value)} elements"]


def _scalar(of: dict, value, path: str) -> list[str]:
    kind = of["type"]
    if kind == "boolean":
        return [] if isinstance(value, bool) else [f"{path} is no boolean"]
    if kind == "string":
        if not isinstance(value, str):
            return [f"{path} is no string"]
        if of.get("enum") and value not in of["enum"]:
            return [f"{path} is {value!r}, which is not in the enumeration"]
        return [] if of.get("enum") or strings.fits(of, value) else [f"{path} breaks a constraint: {value[:80]!r}"]
    if kind == "blob":
        try:
            base64.b64decode(value, validate=True)
            return []
        except (TypeError, ValueError, binascii.Error):
            return [f"{path} is no base64"]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return [f"{path} is no number"]
    if kind in ("integer", "long") and not isinstance(value, int):
        return [f"{path} is no whole number"]
    return [] if of.get("min", -math.inf) <= value <= of.get("max", math.inf) else [f"{path} is {value}, out of range"]

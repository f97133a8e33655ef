"""The service description of Rekognition as botocore ships it: plain JSON, read with the standard library.

Shapes are dictionaries: `type`, `members`, `required`, `enum`, `min`, `max`, `pattern`, ...
"""

import functools
import gzip
import importlib.util
import json
import pathlib


@functools.cache
def description() -> dict:
    package = pathlib.Path(importlib.util.find_spec("botocore").origin).parent
    return json.loads(gzip.decompress((package / "data/rekognition/2016-06-27/service-2.json.gz").read_bytes()))


def operations() -> list[str]:
    return sorted(description()["operations"])


def shape(name: str) -> dict:
    return description()["shapes"][name]


def input_of(operation: str) -> str:
    """The name of the shape of its request."""
    return description()["operations"][operation]["input"]["shape"]


def output_of(operation: str) -> str | None:
    return description()["operations"][operation].get("output", {}).get("shape")


def errors_of(operation: str) -> set[str]:
    return {error["shape"] for error in description()["operations"][operation].get("errors", [])}


def members(of: dict) -> dict[str, str]:
    """The names of a structure's members and of their shapes."""
    return {name: member["shape"] for name, member in of.get("members", {}).items()}

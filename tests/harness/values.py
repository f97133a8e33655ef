"""Whole requests that are valid, made from the service description."""

import base64
import functools
import random
import struct
import zlib

from harness import strings
from harness.description import input_of, members, shape


@functools.cache
def small_picture() -> str:
    """A grey PNG of 80 by 80 pixels, the least that is allowed, as base64."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + b"\x80" * 80) * 80
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 80, 80, 8, 0, 0, 0, 0)) +
                            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")).decode()


def number(of: dict, chance: random.Random):
    least, most = of.get("min", 0), of.get("max", of.get("min", 0) + 5)
    return chance.uniform(least, most) if of["type"] in ("float", "double") else chance.randint(least, most)


def value(name: str, chance: random.Random, full: bool, depth: int = 0):
    """A valid value of that shape; `full` with every member, else with the required ones."""
    of = shape(name)
    kind = of["type"]
    if kind == "structure":
        if name == "Image" or not full:
            wanted = {"Image": ["Bytes"]}.get(name, of.get("required", []))
        else:
            wanted = list(of.get("members", {}))
        return {member: value(members(of)[member], chance, full, depth + 1) for member in wanted}
    if kind == "list":
        return [value(of["member"]["shape"], chance, full, depth + 1) for _ in range(max(1, of.get("min", 0)))]
    if kind == "map":
        return {value(of["key"]["shape"], chance, full) or "k": value(of["value"]["shape"], chance, full)}
    if kind == "string":
        return strings.matching(of, chance)
    if kind == "blob":
        return small_picture()
    if kind == "boolean":
        return chance.random() < 0.5
    if kind == "timestamp":
        return 1_600_000_000 + chance.randint(0, 10**6)
    return number(of, chance)


def request(operation: str, chance: random.Random, *, full: bool) -> dict:
    return value(input_of(operation), chance, full)

"""Random damage to valid requests, the same for the same seed."""

import json
import random
from collections.abc import Iterator

from harness import values
from harness.bodies import Case, changed, places, written
from harness.description import input_of

TOKENS = [b"{", b"}", b"[", b"]", b":", b",", b'"', b"\\", b"\\u0000", b"\\ud800", b"null", b"true", b"-", b"1e9", b"\xff",
          b"\0", b"\n", b"[[[[", b'{"":', b'""', b"0", b"A" * 300, b"/", b"\x7f", b"\xe2\x80\xa8"]
VALUES = [None, True, False, 0, -1, 1, 101, 2**31, 2**63, -2**63 - 1, 0.1, 1e300, -1e-300, "", " ", "x", "x" * 5000, "\0",
          "\ud800", "😀" * 60, "arn:aws:rekognition:us-east-1:123456789012:project/p/1", "../../etc/passwd", "ALL", "%s%n",
          "' OR 1=1 --", [], [[]], [None], ["x"] * 200, {}, {"": ""}, {"Bytes": ""}, {"a": {"a": {"a": {}}}}]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A few bytes or tokens more, fewer, or others."""
    text = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        place, end = sorted(chance.randint(0, len(text)) for _ in range(2))
        kind = chance.randrange(6)
        if kind == 0 and text:
            text[min(place, len(text) - 1)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            text[place:place] = chance.choice(TOKENS)
        elif kind == 2:
            del text[place:min(end, place + chance.choice([1, 2, 10, 1000]))]
        elif kind == 3:
            text[place:place] = text[place:min(end, place + 200)] * chance.choice([1, 2, 20])
        elif kind == 4:
            del text[place:]
        else:
            text[place:place + 1] = bytes([chance.randrange(256)])
    return bytes(text)


def rearranged(operation: str, request: dict, chance: random.Random):
    """Values in places where they do not belong."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        try:
            found = list(places(input_of(operation), request))
            if not found:
                return chance.choice(VALUES)
            _, place, _ = chance.choice(found)
            new = chance.choice([*VALUES, ...] if isinstance(place[-1], str) else VALUES)
            request = changed(request, place, new)
        except (AttributeError, KeyError, TypeError, IndexError):
            break  # what was changed to another type cannot be walked again
    return request


def of_bodies(operation: str, seed: int, count: int) -> Iterator[Case]:
    chance = random.Random(f"{operation} {seed} mutations")
    for number in range(count):
        request = values.request(operation, chance, full=chance.random() < 0.7)
        if chance.random() < 0.5:
            body = written(rearranged(operation, request, chance))
        else:
            body = damaged(json.dumps(request, ensure_ascii=chance.random() < 0.5).encode(), chance)
        yield Case(operation, f"mutation {number} of seed {seed}", body, "any")

"""Random values and broken values for shapes of a botocore service model."""

import datetime
import random
import re

# A text for each pattern that random characters would hardly meet. The rest is tried in order by matching_text().
_SAMPLES = [
    "a",
    "7",
    "{}",
    "1.20.3",
    "12345678-1234-1234-1234-123456789012",
    "arn:aws:rekognition:eu-west-1:123456789012:project/p/dataset/train/1",
    "arn:aws:rekognition:eu-west-1:123456789012:project/p/1",
    "arn:aws:rekognition:eu-west-1:123456789012:project/p/version/v.1/12",
    "arn:aws:rekognition:eu-west-1:123456789012:streamprocessor/s",
    "arn:aws:kinesis:eu-west-1:123456789012:stream/s",
    "arn:aws:kinesisvideo:eu-west-1:123456789012:stream/s",
    "arn:aws:sns:eu-west-1:123456789012:topic",
    "arn:aws:iam::123456789012:role/r",
]
_FREE_TEXT = ["plain", "with \"quotes\" and \\ and /", "line\nend\ttab", "Grüße 日本語 😀", "\x01\x7f", ""]


def python_pattern(pattern: str) -> str:
    """A pattern of the model for Python's re, to be used with re.fullmatch and re.ASCII, which makes digits and white
    space those of Java. Java's dot stops at more line ends; the classes that Python lacks are given as the characters
    that the tests use of them."""
    pattern = pattern.replace(r"\p{L}", "A-Za-z\u00c0-\u024f").replace(r"\p{N}", "0-9").replace(r"\p{Z}", " \u2028")
    pieces = re.findall(r"\\.|\[(?:\\.|[^\]])*\]|.", pattern)  # escapes, classes, and the rest one by one
    return "".join("[^\n\r\x85\u2028\u2029]" if piece == "." else piece for piece in pieces)


def matches(shape, text: str) -> bool:
    pattern = shape.metadata.get("pattern")
    return pattern is None or re.fullmatch(python_pattern(pattern), text, re.ASCII) is not None


def fits(shape, text: str) -> bool:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 10**9)
    return low <= len(text) <= high and matches(shape, text)


def text_for(shape, rng: random.Random) -> str:
    if shape.enum:
        return rng.choice(shape.enum)
    if "pattern" not in shape.metadata:
        text = rng.choice(_FREE_TEXT)
        low = shape.metadata.get("min", 0)
        return text if len(text) >= low else text + "x" * (low - len(text))
    for text in rng.sample(_SAMPLES, len(_SAMPLES)):
        for candidate in (text, text * shape.metadata.get("min", 1)):
            if fits(shape, candidate):
                return candidate
    raise AssertionError(f"no sample for {shape.name}: add one to _SAMPLES")


def value_for(shape, rng: random.Random, full: bool):
    """A valid value: with all members if `full`, else with the required ones. Floats survive as float32."""
    kind = shape.type_name
    if kind == "structure":
        names = shape.members if full else shape.required_members
        return {name: value_for(shape.members[name], rng, full) for name in names}
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if kind == "list":
        size = rng.randint(low or 0, min(high or 3, 3)) if full else (low or 0)
        return [value_for(shape.member, rng, full) for _ in range(max(size, low or 0))]
    if kind == "map":
        keys = {text_for(shape.key, rng) for _ in range(3)}
        return {key: value_for(shape.value, rng, full) for key in keys}
    if kind == "string":
        return text_for(shape, rng)
    if kind == "blob":
        return rng.randbytes(rng.randint(low or 0, 300))
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "timestamp":
        return datetime.datetime.fromtimestamp(rng.randint(0, 2 * 10**12) / 1000, datetime.timezone.utc)
    if kind in ("integer", "long"):
        limit = 2**31 - 1 if kind == "integer" else 2**53
        return rng.randint(-limit if low is None else low, limit if high is None else high)
    assert kind in ("float", "double"), kind
    # Eighths in a small range have six digits at most, which a float keeps; test_floats_survive has the others.
    return rng.randint(int(-1000 if low is None else low) * 8, int(1000 if high is None else high) * 8) / 8


WRONG_TYPE = {  # JSON values that are none of the type
    "structure": [[], "text", 1, True],
    "list": [{}, "text", 1, False],
    "map": [[], "text", 1, True],
    "string": [{}, [], 1, 1.5, True],
    "blob": [{}, [], 1, True, "not base64!", "AAA"],
    "boolean": [{}, [], 0, 1, "true"],
    "integer": [{}, [], "1", True, 1.5, 2**31, -(2**31) - 1],
    "long": [{}, [], "1", False, 0.25, 2**63],
    "float": [{}, [], "1.5", True, 1e39],
    "double": [{}, [], "1.5", True],
    "timestamp": [{}, [], "2020-01-01", True],
}


def violations(shape) -> list[tuple[object, str]]:
    """Values that break a constraint of a scalar, list or map, each with the constraint as messages have it. Values are
    as in JSON but for blobs, which are bytes."""
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    kind = shape.type_name
    found = []
    if kind in ("integer", "long", "float", "double"):
        step = 1 if kind in ("integer", "long") else 0.5
        if low is not None:
            found.append((low - step, f"Member must have value greater than or equal to {low}"))
        if high is not None:
            found.append((high + step, f"Member must have value less than or equal to {high}"))
    elif kind in ("string", "blob", "list", "map"):
        if low:
            found.append((_of_length(shape, low - 1), f"Member must have length greater than or equal to {low}"))
        if high is not None:
            found.append((_of_length(shape, high + 1), f"Member must have length less than or equal to {high}"))
    if kind == "string" and shape.enum:
        message = f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
        found += [(text, message) for text in ("", "NO_SUCH_VALUE", shape.enum[0].swapcase(), shape.enum[0] + " ")]
    elif kind == "string" and "pattern" in shape.metadata:
        bad = next((text for text in ("\u0100\n", "!\n" * 20) if low is None or len(text) >= low), None)
        if bad and not matches(shape, bad) and len(bad) <= (high or 100):
            found.append((bad, f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}"))
    return found


def _of_length(shape, length: int):
    kind = shape.type_name
    if kind == "string":
        return "a" * length
    if kind == "blob":
        return b"\0" * length
    if kind == "list":
        return [value_for(shape.member, random.Random(1), False)] * length
    return {f"k{i}": value_for(shape.value, random.Random(1), False) for i in range(length)}

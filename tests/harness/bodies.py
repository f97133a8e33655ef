"""Bodies for one operation: valid ones, and every kind of bad one, each with what must come back.

What must come back is one of
  valid       no complaint about the request's form: an answer, or an error of the operation's own
  constraint  400, and the message names the member by its path
  malformed   400 SerializationException
  any         whatever the oracle allows at all
"""

import dataclasses
import json
import random
from collections.abc import Callable, Iterator

from harness import strings, values
from harness.description import input_of, members, shape

LARGE = 20_000_000  # more than the server takes
HEAVY = 15_000_000  # less than that, and much to read


@dataclasses.dataclass(frozen=True)
class Case:
    operation: str
    name: str
    body: bytes | Callable[[], bytes]  # what is large is made when it is sent
    expect: str
    path: str = ""  # of the member that is wrong, as AWS writes it: "image.s3Object.bucket"
    alone: bool = False  # large: one at a time


Place = tuple  # of member names and list indices


def written(value) -> bytes:
    return json.dumps(value).encode()


def dotted(place: Place) -> str:
    return ".".join(part[0].lower() + part[1:] for part in place if isinstance(part, str))


def at(value, place: Place):
    for part in place:
        value = value[part]
    return value


def changed(value, place: Place, new):
    """A copy with another value there; `...` takes the member away."""
    if not place:
        return new
    copy = value.copy()
    if len(place) == 1 and new is ...:
        del copy[place[0]]
    else:
        copy[place[0]] = changed(value.get(place[0]) if isinstance(value, dict) else value[place[0]], place[1:], new)
    return copy


def places(name: str, value, place: Place = (), required: bool = True) -> Iterator[tuple[str, Place, bool]]:
    """(shape, place, required) of all that a request holds, from the top down; of a list the first element."""
    if place:
        yield name, place, required
    of = shape(name)
    if of["type"] == "structure":
        for member, inner in value.items():
            yield from places(members(of)[member], inner, (*place, member), member in of.get("required", []))
    elif of["type"] == "list" and value:
        yield from places(of["member"]["shape"], value[0], (*place, 0))


WRONG_TYPES = {
    "string": [5, 1.5, True, [], {}, ["a"]], "blob": [7, True, [], {}, "%%%", "A"], "structure": ["text", 5, True, [], [{}]],
    "list": ["text", 5, True, {}, {"a": 1}], "map": ["text", 5, True, [], ["a"]], "integer": ["five", True, [], {}],
    "long": ["five", True, [], {}], "float": ["half", True, [], {}], "double": ["half", True, [], {}],
    "boolean": ["yes", 5, 0, [], {}], "timestamp": [True, [], {}],
}


def out_of_bounds(of: dict, value, chance: random.Random) -> Iterator[tuple[str, object]]:
    """(what, value) for each constraint of the shape, just beyond it."""
    kind = of["type"]
    if kind == "string":
        yield from _bad_strings(of, chance)
    elif kind == "blob":
        if "max" in of:
            yield "above max", "A" * (4 * (of["max"] // 3 + 2))
        if of.get("min", 0) > 0:
            yield "below min", ""
    elif kind in ("integer", "long", "float", "double"):
        if "max" in of:
            yield "above max", of["max"] + 1
            yield "far above max", of["max"] + 10**6
        if "min" in of:
            yield "below min", of["min"] - 1
            yield "far below min", -10**6
    elif kind == "list":
        if "max" in of:
            yield "above max", value[:1] * (of["max"] + 1)
        if of.get("min", 0) > 0:
            yield "below min", []
    elif kind == "map" and "max" in of:
        yield "above max", {f"key{i}": "v" for i in range(of["max"] + 1)}


def _bad_strings(of: dict, chance: random.Random) -> Iterator[tuple[str, object]]:
    if of.get("enum"):
        for wrong in ("NO_SUCH_VALUE", "", of["enum"][0].lower() + "x", of["enum"][0] + " "):
            yield "not in the enumeration", wrong
        return
    if "max" in of and (text := strings.of_length(of, of["max"] + 1, chance)) is not None:
        yield "above max", text
        yield "far above max", text + text[-1] * 100_000
    if of.get("min", 0) > 0:
        yield "below min", (strings.of_length(of, of["min"] - 1, chance) or "")[:of["min"] - 1]
    if "pattern" in of:
        for text in strings.breaking(of, chance, 4):
            yield "against the pattern", text


def form(operation: str, chance: random.Random) -> Iterator[Case]:
    """Types, presence and constraints of every member, nested ones too."""
    name = input_of(operation)
    minimal, full = (values.request(operation, chance, full=full) for full in (False, True))
    yield Case(operation, "minimal", written(minimal), "valid")
    yield Case(operation, "full", written(full), "valid")
    yield Case(operation, "unknown members", written({"NoSuchMember": [{"a": None}], **full, "ZZ": {"b": 1.5}}), "valid")
    for member, place, required in places(name, full):
        where, of = dotted(place), shape(member)
        is_element = not isinstance(place[-1], str)
        if of["type"] == "structure":
            yield Case(operation, f"{where}: unknown member in it",
                       written(changed(full, place, {**at(full, place), "NoSuch": {"x": [1]}})), "valid")
        if required and not is_element:
            for what, new in (("absent", ...), ("null", None)):
                yield Case(operation, f"{where} {what}", written(changed(full, place, new)), "constraint", where)
        elif not is_element:
            yield Case(operation, f"{where} null, which is absent", written(changed(full, place, None)), "valid")
        for new in WRONG_TYPES[of["type"]]:
            yield Case(operation, f"{where} of a wrong type: {new!r}", written(changed(full, place, new)), "malformed")
        for what, new in out_of_bounds(of, at(full, place), chance):
            yield Case(operation, f"{where} {what}", written(changed(full, place, new)), "constraint", where)
        for what, text in _numbers(of):
            marked = written(changed(full, place, "@@number@@"))
            yield Case(operation, f"{where}: {what}", marked.replace(b'"@@number@@"', text), "any")


def _numbers(of: dict) -> list[tuple[str, bytes]]:
    if of["type"] not in ("integer", "long", "float", "double", "timestamp"):
        return []
    return [(text[:12].decode(), text) for text in
            (b"1e999", b"-1e999", b"1" + b"0" * 5000, b"0." + b"0" * 5000 + b"1", b"1e-999999999", b"-0", b"1.5",
             b"9223372036854775808", b"-9223372036854775809", b"2147483648", b"1E2")]


def json_itself(operation: str, chance: random.Random) -> Iterator[Case]:
    """What is no JSON, what is hardly JSON, and JSON that is meant to hurt."""
    minimal = values.request(operation, chance, full=False)
    valid = written(minimal)
    open_end = valid[:-1] + (b"," if minimal else b"")  # more members can follow
    yield Case(operation, "empty body", b"", "any")
    for text in (b"null", b"{}", b"  ", b"\t{ }\r\n"):
        yield Case(operation, f"body {text!r}", text, "any")
    for text in (b"[]", b'"x"', b"5", b"true", b"{", b"}", b'{"', b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,}', b"{'a':1}",
                 b"{a:1}", b"\0", b"\xef\xbb\xbf{}", valid + b"x", valid + valid, valid + b"\0", valid[:-1], valid[1:],
                 open_end + b'"a":NaN}', open_end + b'"a":Infinity}', open_end + b'"a":-Infinity}', open_end + b'"a":01}',
                 open_end + b'"a":+1}', open_end + b'"a":.5}', open_end + b'"a":1.}', open_end + b'"a":0x1}',
                 open_end + b'"a":"\\x"}', open_end + b'"a":"\\u12"}', open_end + b'"a":"\n"}', open_end + b'"a":tru}',
                 open_end + b'"a":1/**/}', valid.decode().encode("utf-16"), valid.decode().encode("utf-16-be")):
        yield Case(operation, f"no JSON: {text[-24:]!r}", text, "malformed")
    for text in (b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"a\x80b", b"\xf8\x88\x80\x80\x80"):
        yield Case(operation, f"invalid UTF-8: {text!r}", open_end + b'"a":"' + text + b'"}', "malformed")
        yield Case(operation, f"invalid UTF-8 in a name: {text!r}", open_end + b'"' + text + b'":1}', "malformed")
    for text in (b"\\ud800", b"\\udc00", b"\\ud800x", b"\\udc00\\ud800", b"\\ud800\\ud800"):
        yield Case(operation, f"lone surrogate: {text!r}", open_end + b'"a":"' + text + b'"}', "any")
        if minimal:
            first = json.dumps(next(iter(minimal))).encode()
            yield Case(operation, f"lone surrogate in a member: {text!r}", b"{" + first + b':"' + text + b'"}', "any")
    for text in (b"1e999", b"-1e999", b"1" * 10_000, b"1e-999999999", b"1e99999999999999999999", b"123456789" * 20):
        yield Case(operation, f"huge number: {text[:10]!r}", open_end + b'"a":' + text + b"}", "any")
    yield Case(operation, "duplicate unknown members", open_end + b'"a":1,"a":2}', "any")
    if minimal:
        yield Case(operation, "duplicate members", valid[:-1] + b"," + valid[1:], "any")
        yield Case(operation, "duplicate members that differ", valid[:-1] + b"," + written({n: 5 for n in minimal})[1:], "any")
        yield Case(operation, "names in the wrong case", written({n.lower(): v for n, v in minimal.items()}), "any")
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        core = opening * 10_000 + (b"1" if opening != b"[" else b"") + closing * 10_000
        yield Case(operation, f"10,000 {opening.decode()} closed", open_end + b'"a":' + core + b"}", "any")
        yield Case(operation, f"10,000 {opening.decode()} open", open_end + b'"a":' + opening * 10_000, "malformed")
        yield Case(operation, f"10,000 {opening.decode()} as the body", core, "any")
    yield Case(operation, "10,000 members", open_end + b",".join(b'"m%d":%d' % (i, i) for i in range(10_000)) + b"}", "any")
    yield Case(operation, "a name of 100,000", open_end + b'"' + b"n" * 100_000 + b'":1}', "any")


HEAVY_FORMS = {  # name: before, what is repeated, after
    "brackets": (b'{"a":', b"[", b""), "empty lists": (b'{"a":[', b"[],", b"0]}"), "members": (b'{"b":{', b'"a":{},', b'"a":1}}'),
    "zeros": (b'{"a":[', b"0,", b"0]}"), "escapes": (b'{"a":"', b"\\u4e2d", b'"}'), "text": (b'{"a":"', b"x", b'"}'),
    "spaces": (b"{", b" ", b"}"),
}


def large(operation: str) -> Iterator[Case]:
    """More than the server takes, and as much as it takes in the forms that cost most to read."""
    yield Case(operation, "20 MB of spaces", lambda: b" " * LARGE, "any", alone=True)
    yield Case(operation, "20 MB of a string", lambda: b'{"a":"' + b"x" * LARGE + b'"}', "any", alone=True)
    for what, (begin, unit, end) in HEAVY_FORMS.items():
        def made(begin=begin, unit=unit, end=end) -> bytes:
            return begin + unit * (HEAVY // len(unit)) + end
        yield Case(operation, f"15 MB of {what}", made, "any", alone=True)


def all_of(operation: str, seed: int) -> Iterator[Case]:
    chance = random.Random(f"{operation} {seed}")
    yield from form(operation, chance)
    yield from json_itself(operation, chance)

"""Our generated reader, validator and writer against the reference client, for all operations.

What botocore serialises, our C++ must understand and write back the same; what our C++ writes, botocore must parse to
the same; and each way to break a request must be told as the kind of error it is, at the right place.
"""

import base64
import copy
import json
import random
import struct

import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize
import pytest

from shape_values import WRONG_TYPE, fits, value_for, violations

_SERVICE = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("rekognition", "service-2"))
_OPERATIONS = list(_SERVICE.operation_names)
_RANDOM_MESSAGES = 20  # of each operation


def _serialise(operation: str, parameters: dict) -> str:
    serializer = botocore.serialize.create_serializer("json", include_validation=True)
    body = serializer.serialize_to_request(parameters, _SERVICE.operation_model(operation))["body"]
    return body.decode() if isinstance(body, bytes) else body


def _parse(operation: str, body: str) -> dict:
    parser = botocore.parsers.create_parser("json")
    response = {"body": body.encode(), "headers": {}, "status_code": 200}
    parsed = parser.parse(response, _SERVICE.operation_model(operation).output_shape)
    parsed.pop("ResponseMetadata")
    return parsed


def _json(value):
    """A value of ours as JSON text; bytes become base64."""
    return json.dumps(value, default=lambda blob: base64.b64encode(blob).decode())


def _places(shape, value, path=()):
    """Every value within a structure that is there, with its shape and the keys that lead to it."""
    yield shape, path
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from _places(shape.members[name], member, (*path, name))
    elif shape.type_name == "list":
        for index, element in enumerate(value):
            yield from _places(shape.member, element, (*path, index))
    elif shape.type_name == "map":
        for key, element in value.items():
            yield from _places(shape.value, element, (*path, key))


def _path_text(shape, path) -> str:
    words = []
    for key in path:
        if shape.type_name == "structure":
            words.append(key[0].lower() + key[1:])
            shape = shape.members[key]
        elif shape.type_name == "list":
            words += [str(key + 1), "member"]
            shape = shape.member
        else:
            words += [key, "member"]
            shape = shape.value
    return ".".join(words)


def _with(value, path, new):
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return changed


def _without(value, path):
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return changed


def _rich_request(operation: str):
    """All members there and no list empty, as far as its shape lets it."""
    shape = _SERVICE.operation_model(operation).input_shape
    return shape, max((value_for(shape, random.Random(seed), True) for seed in range(10)), key=lambda v: len(_json(v)))


def test_there_are_75_operations():
    assert len(_OPERATIONS) == 75


@pytest.mark.parametrize("operation", _OPERATIONS)
def test_valid_requests_come_back_the_same(echo, operation):
    shape = _SERVICE.operation_model(operation).input_shape
    for seed in range(_RANDOM_MESSAGES):
        for full in (False, True):
            body = _serialise(operation, value_for(shape, random.Random(seed), full))
            kind, text = echo.send("request", operation, body)
            assert kind == "ok", (text, body)
            assert json.loads(text) == json.loads(body)


@pytest.mark.parametrize("operation", _OPERATIONS)
def test_responses_are_parsed_by_botocore(echo, operation):
    shape = _SERVICE.operation_model(operation).output_shape
    for seed in range(_RANDOM_MESSAGES):
        response = value_for(shape, random.Random(seed), True)
        body = json.dumps(
            response,
            default=lambda v: base64.b64encode(v).decode() if isinstance(v, bytes) else v.timestamp(),
        )
        kind, text = echo.send("response", operation, body)
        assert kind == "ok", (text, body)
        assert _parse(operation, text) == response


@pytest.mark.parametrize("operation", _OPERATIONS)
def test_each_missing_member_is_named(echo, operation):
    shape, request = _rich_request(operation)
    for place, path in _places(shape, request):
        for name in getattr(place, "required_members", []):
            kind, message = echo.send("request", operation, _json(_without(request, (*path, name))))
            where = _path_text(shape, (*path, name))
            assert (kind, message) == (
                "invalid_argument",
                f"1 validation error detected: Value null at '{where}' failed to satisfy constraint: "
                "Member must not be null",
            )
            assert (kind, message) == echo.send("request", operation, _json(_with(request, (*path, name), None)))


@pytest.mark.parametrize("operation", _OPERATIONS)
def test_each_wrong_type_is_malformed(echo, operation):
    shape, request = _rich_request(operation)
    for place, path in _places(shape, request):
        if not path:
            continue
        for wrong in WRONG_TYPE[place.type_name]:
            kind, message = echo.send("request", operation, _json(_with(request, path, wrong)))
            assert kind == "malformed", (path, wrong, message)
            assert f"'{_path_text(shape, path)}'" in message


@pytest.mark.parametrize("operation", _OPERATIONS)
def test_each_violated_constraint_is_told(echo, operation):
    shape, request = _rich_request(operation)
    for place, path in _places(shape, request):
        if not path:
            continue
        for value, constraint in violations(place):
            kind, message = echo.send("request", operation, _json(_with(request, path, value)))
            assert kind == "invalid_argument", (path, value)
            assert f" at '{_path_text(shape, path)}' failed to satisfy constraint: {constraint}" in message
            quoted = message.partition("Value '")[2].partition("' at '")[0]
            assert len(quoted) <= 103


@pytest.mark.parametrize("operation", _OPERATIONS)
def test_unknown_members_are_ignored(echo, operation):
    shape, request = _rich_request(operation)
    expected = echo.send("request", operation, _json(request))
    for place, path in _places(shape, request):
        if place.type_name == "structure":
            for value in (None, 1, "x", [[1, {"a": []}]], {"Bytes": 5}):
                changed = _with(request, (*path, "NoSuchMember"), value)
                assert echo.send("request", operation, _json(changed)) == expected


@pytest.mark.parametrize("operation", _OPERATIONS)
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b"\x00", b"{} {}", b'{"a":1', b'{"a":"\xff"}', b'{"a":1e999}x'),
        *(b"[" * 10_000, b'{"a":' * 10_000),
    ],
)
def test_malformed_bodies(echo, operation, body):
    kind, message = echo.send("request", operation, body)
    assert kind == "malformed"
    assert len(message) < 300


def test_patterns_agree_with_python(echo):
    """Random text near each pattern: the same verdict from RE2 and from Python's re."""
    alphabet = "aZ09_.-:+=/@, \t\n\r\v(){}'?!é\x85\u2028😀"
    rng = random.Random(1)
    seen = set()
    for operation in _OPERATIONS:
        shape, request = _rich_request(operation)
        for place, path in _places(shape, request):
            if place.metadata.get("pattern") is None or place.name in seen:
                continue
            seen.add(place.name)
            valid = value = request
            for key in path:
                value = value[key]
            for _ in range(300):
                text = list(value)
                for _ in range(rng.randint(1, 3)):
                    at = rng.randint(0, len(text))
                    text[at : at + rng.randint(0, 2)] = rng.choices(alphabet, k=rng.randint(0, 2))
                text = "".join(text)
                kind, message = echo.send("request", operation, _json(_with(valid, path, text)))
                assert (kind == "ok") == fits(place, text), (place.name, text, message)
    assert len(seen) >= 25


def test_floats_survive(echo):
    """Any float comes back as the same float, though with no more digits than it needs."""
    rng = random.Random(1)
    for _ in range(2000):
        number = struct.unpack("<f", struct.pack("<I", rng.randrange(0x7F800000) | rng.getrandbits(1) << 31))[0]
        kind, text = echo.send("response", "CompareFaces", json.dumps({"FaceMatches": [{"Similarity": number}]}))
        assert kind == "ok"
        assert struct.pack("<f", json.loads(text)["FaceMatches"][0]["Similarity"]) == struct.pack("<f", number)
        assert len(text) <= len('{"FaceMatches":[{"Similarity":-1.23456789e-10}]}')

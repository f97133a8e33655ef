"""Requests for all 75 operations, made from the public service description that botocore carries.

`minimal` has the required members only, `full` every member; both are valid. `mutations` makes each of them invalid in
one place and says what the server must answer.
"""

import dataclasses
import functools
import re

import botocore.session

from support import pictures

# Values for the patterns (by shape), because a pattern cannot be turned round.
VALUES = {
    "CollectionId": "a-collection", "UserId": "user:1", "FaceId": "11111111-2222-3333-4444-555555555555",
    "ImageId": "11111111-2222-3333-4444-555555555555", "LivenessSessionId": "11111111-2222-3333-4444-555555555555",
    "S3Bucket": "some-bucket", "Version": "1.0.0", "RekognitionUniqueId": "abc123", "JobId": "job-1",
    "ProjectArn": "arn:aws:rekognition:us-east-1:123456789012:project/p/1600000000000",
    "ProjectVersionArn": "arn:aws:rekognition:us-east-1:123456789012:project/p/version/v.1/1600000000000",
    "ProjectVersionId": "arn:aws:rekognition:us-east-1:123456789012:project/p/version/v.1/1600000000000",
    "DatasetArn": "arn:aws:rekognition:us-east-1:123456789012:project/p/dataset/train/1600000000000",
    "KinesisVideoArn": "arn:aws:kinesisvideo:us-east-1:123456789012:stream/s/1600000000000",
    "KinesisDataArn": "arn:aws:kinesis:us-east-1:123456789012:stream/s",
    "RoleArn": "arn:aws:iam::123456789012:role/r", "SNSTopicArn": "arn:aws:sns:us-east-1:123456789012:topic",
    "ResourceArn": "arn:aws:rekognition:us-east-1:123456789012:collection/c",
    "KinesisVideoStreamFragmentNumber": "12345678901234567890", "HumanLoopName": "loop-1",
    "FlowDefinitionArn": "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/f",
    "ProjectPolicyRevisionId": "0123456789ABCDEF", "ProjectPolicyDocument": '{"Version": "2012-10-17"}',
    "HumanLoopActivationConditions": "{}",
}


@functools.cache
def service():
    return botocore.session.get_session().get_service_model("rekognition")


def operations() -> list[str]:
    return list(service().operation_names)


def camel(name: str) -> str:
    return name[0].lower() + name[1:]


@functools.cache
def small_picture() -> str:
    return pictures.base64_of(pictures.jpeg(pictures.blank(80, 80)))


def value_of(shape, full: bool):
    kind = shape.type_name
    if shape.name == "Image":
        return {"Bytes": small_picture()}  # Bytes and S3Object exclude each other
    if kind == "structure":
        members = shape.members if full else shape.required_members
        if shape.name == "Video":
            members = shape.members
        return {name: value_of(shape.members[name], full) for name in members}
    if kind == "list":
        return [value_of(shape.member, full)] * max(1, shape.metadata.get("min", 1))
    if kind == "map":
        return {value_of(shape.key, full): value_of(shape.value, full)}
    if kind == "string":
        if shape.enum:
            return shape.enum[0]
        return VALUES.get(shape.name) or "x" * max(3, shape.metadata.get("min", 1))
    if kind in ("integer", "long", "float", "double"):
        return max(1, shape.metadata.get("min", 1))
    return {"boolean": True, "blob": "AAAA", "timestamp": 1600000000}[kind]


def minimal(operation: str) -> dict:
    return value_of(service().operation_model(operation).input_shape, full=False)


def full(operation: str) -> dict:
    return value_of(service().operation_model(operation).input_shape, full=True)


@dataclasses.dataclass(frozen=True)
class Mutation:
    what: str
    body: dict
    code: str
    path: str  # of the member, as AWS writes it, without what a list adds
    constraint: str


def replaced(value, path: tuple, new):
    """A copy of `value` with the thing at `path` replaced, or left out for Ellipsis."""
    if not path:
        return new
    head, *rest = path
    copy = list(value) if isinstance(value, list) else dict(value)
    if not rest and new is ...:
        del copy[head]
    else:
        copy[head] = replaced(value[head], tuple(rest), new)
    return copy


def leaves(shape, value, path=()):
    """(shape, path) of every member that `value` holds, from the top down."""
    if path:
        yield shape, path
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from leaves(shape.members[name], inner, (*path, name))
    elif shape.type_name == "list" and value:
        yield from leaves(shape.member, value[0], (*path, 0))


def holder(top, path: tuple):
    """The shape of the structure whose member stands at `path`."""
    return functools.reduce(lambda found, part: found.member if isinstance(part, int) else found.members[part],
                            path[:-1], top)


def unmatched(shape) -> str | None:
    """A string of allowed length that its pattern does not match, if Python can tell."""
    pattern, least = shape.metadata["pattern"], max(1, shape.metadata.get("min", 1))
    if "\\p{" in pattern:
        return "\x01" * least
    for candidate in (" ", "\u4e2d", "~ ", "\n"):
        text = (candidate * least)[:least]
        if not re.fullmatch(pattern, text):
            return text
    return None


def _invalid(shape, value):
    """(what, new value, constraint) for every constraint of the shape itself."""
    limits = shape.metadata
    if shape.type_name == "string" and shape.enum:
        yield "not in the enumeration", "NO_SUCH_VALUE", "Member must satisfy enum value set: ["
        return
    if shape.type_name == "string":
        if "max" in limits:
            text = (value * (limits["max"] // len(value) + 1))[:limits["max"] + 1]
            text += "x" * (limits["max"] + 1 - len(text))
            yield "too long", text, f"Member must have length less than or equal to {limits['max']}"
        if limits.get("min", 0) > 0:
            yield ("too short", value[:limits["min"] - 1],
                   f"Member must have length greater than or equal to {limits['min']}")
        if "pattern" in limits and (text := unmatched(shape)) is not None:
            yield "against the pattern", text, "Member must satisfy regular expression pattern: "
    elif shape.type_name in ("integer", "long", "float", "double"):
        if "max" in limits:
            yield "too large", limits["max"] + 1, f"Member must have value less than or equal to {limits['max']}"
        if "min" in limits:
            yield "too small", limits["min"] - 1, f"Member must have value greater than or equal to {limits['min']}"
    elif shape.type_name == "list":
        if "max" in limits:
            yield ("too many", value[:1] * (limits["max"] + 1),
                   f"Member must have length less than or equal to {limits['max']}")
        if limits.get("min", 0) > 0:
            yield ("too few", value[:limits["min"] - 1],
                   f"Member must have length greater than or equal to {limits['min']}")
    elif shape.type_name == "map" and "max" in limits:
        yield ("too many", {f"key{i}": "v" for i in range(limits["max"] + 1)},
               f"Member must have length less than or equal to {limits['max']}")


WRONG_TYPE = {"string": 5, "structure": "text", "list": {"a": 1}, "map": ["a"], "integer": "five", "long": [1],
              "float": "0.5", "double": {}, "boolean": "true", "blob": 7, "timestamp": {}}


def mutations(operation: str):
    """Every way in which one member of the operation's full request can be wrong."""
    top = service().operation_model(operation).input_shape
    whole = full(operation)
    for shape, path in leaves(top, whole):
        dotted = ".".join(camel(str(part)) for part in path)
        value = functools.reduce(lambda found, part: found[part], path, whole)
        for what, new, constraint in _invalid(shape, value):
            yield Mutation(f"{dotted} {what}", replaced(whole, path, new), "InvalidParameterException", dotted,
                           constraint)
        if isinstance(path[-1], str) and path[-1] in holder(top, path).required_members:
            for what, new in (("absent", ...), ("null", None)):
                yield Mutation(f"{dotted} {what}", replaced(whole, path, new), "InvalidParameterException", dotted,
                               "Member must not be null")
        yield Mutation(f"{dotted} of a wrong type", replaced(whole, path, WRONG_TYPE[shape.type_name]),
                       "SerializationException", dotted, "")

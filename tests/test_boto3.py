"""All 75 operations through stock boto3: the good, each missing member, wrong types, values out of range.

boto3's own checks are off, so that the server's are reached. Every answer is held against the service description twice: by
botocore, which parses it and validates what it parsed, and as the JSON that came, in which nothing may stand that the
description does not know (botocore would drop it without a word).
"""

import base64
import re

import botocore.exceptions
import botocore.validate
import pytest

from harness import oracle
from harness.client import Answer
from support import contract

each_operation = pytest.mark.parametrize("operation", contract.operations())
SCALARS = ("string", "integer", "long", "float", "double", "boolean")  # in a wrong type, boto3 can still send these


class Boto3:
    """Calls operations by their names and remembers what came."""

    def __init__(self, client):
        self._client = client
        self._answer: Answer | None = None
        self._methods = {model: method for method, model in client.meta.method_to_api_mapping.items()}
        client.meta.events.register("before-parse.rekognition.*", self._remember)

    def _remember(self, response_dict, **_) -> None:
        headers = {name.lower(): value for name, value in response_dict["headers"].items()}
        self._answer = Answer(response_dict["status_code"], headers, response_dict["body"])

    def call(self, operation: str, parameters: dict) -> tuple[str, str]:
        """The error's code and message, both empty for an answer. Fails if what came has not the described form."""
        self._answer = None
        model = contract.service().operation_model(operation)
        code, message = "", ""
        try:
            parsed = getattr(self._client, self._methods[operation])(**parameters)
            about = parsed.pop("ResponseMetadata")
            report = botocore.validate.ParamValidator().validate(parsed, model.output_shape)
            assert not report.has_errors(), report.generate_report()
        except botocore.exceptions.ClientError as error:
            about, code, message = (error.response["ResponseMetadata"], error.response["Error"]["Code"],
                                    error.response["Error"]["Message"])
            modelled = code in {shape.name for shape in model.error_shapes}
            assert modelled == (type(error) is not botocore.exceptions.ClientError) or code in MODELLED_ELSEWHERE, code
        assert self._answer is not None, "boto3 sent nothing"
        assert oracle.about(self._answer, operation) == []
        assert about["HTTPStatusCode"] == self._answer.status
        assert about["RequestId"] == self._answer.headers["x-amzn-requestid"]
        return code, message


# Common errors that are modelled for most operations: boto3 makes their class whichever the operation.
MODELLED_ELSEWHERE = {"AccessDeniedException", "ThrottlingException", "ProvisionedThroughputExceededException"}


@pytest.fixture(scope="module")
def boto3_client(server):
    import boto3
    from botocore.config import Config
    session = boto3.session.Session(*server.keys, region_name=server.region)
    return Boto3(session.client("rekognition", endpoint_url=server.url, config=Config(
        retries={"total_max_attempts": 5, "mode": "standard"}, parameter_validation=False, read_timeout=300)))


def for_boto3(shape, value):
    """boto3 takes bytes where JSON has base64. What has the wrong type is left as it is."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {name: for_boto3(shape.members[name], inner) for name, inner in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [for_boto3(shape.member, inner) for inner in value]
    return base64.b64decode(value) if shape.type_name == "blob" and isinstance(value, str) else value


def parameters(operation: str, body: dict) -> dict:
    return for_boto3(contract.service().operation_model(operation).input_shape, body)


def is_complaint(message: str) -> bool:
    return re.match(r"\d+ validation errors? detected: ", message) is not None


@each_operation
@pytest.mark.parametrize("make", [contract.minimal, contract.full], ids=["minimal", "full"])
def test_a_valid_request(boto3_client, operation, make):
    code, message = boto3_client.call(operation, parameters(operation, make(operation)))
    assert code not in ("SerializationException", "ValidationException", "UnknownOperationException")
    assert not is_complaint(message), message


@each_operation
def test_each_missing_member(boto3_client, operation):
    valid = contract.minimal(operation)
    for name in contract.service().operation_model(operation).input_shape.required_members:
        body = {key: value for key, value in valid.items() if key != name}
        code, message = boto3_client.call(operation, parameters(operation, body))
        assert code == "InvalidParameterException", (name, code, message)
        assert f"Value null at '{contract.camel(name)}' failed to satisfy constraint: Member must not be null" in message


@each_operation
def test_each_value_out_of_range(boto3_client, operation):
    """Lengths, ranges, patterns and enumerations, and nested members that are required."""
    found = []
    for mutation in contract.mutations(operation):
        if mutation.code != "InvalidParameterException" or mutation.what.endswith(" null"):
            continue  # of another type, or null, which boto3 cannot send
        code, message = boto3_client.call(operation, parameters(operation, mutation.body))
        if code != "InvalidParameterException" or not is_complaint(message):
            found.append((mutation.what, code, message[:200]))
    assert not found


@each_operation
def test_each_scalar_of_a_wrong_type(boto3_client, operation):
    top = contract.service().operation_model(operation).input_shape
    whole = contract.full(operation)
    found = []
    for shape, path in contract.leaves(top, whole):
        if shape.type_name not in SCALARS:
            continue
        body = contract.replaced(whole, path, contract.WRONG_TYPE[shape.type_name])
        try:
            code, message = boto3_client.call(operation, parameters(operation, body))
        except (TypeError, ValueError, AttributeError):
            continue  # boto3 itself cannot write it; test_contract.py sends it without boto3
        if code != "SerializationException" or not message:
            found.append((path, code, message[:200]))
    assert not found


def test_an_answer_with_something_unknown_would_be_noticed():
    """The judge can say no: an unknown member, a missing one, a wrong type, an enumeration, an error of another operation."""
    def judge(operation: str, status: int, body: bytes) -> list[str]:
        headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "0" * 8 + "-0000" * 3 + "-" + "0" * 12}
        return oracle.about(Answer(status, headers, body), operation)

    assert judge("DetectFaces", 200, b'{"FaceDetails":[]}') == []
    for body in (b'{"FaceDetails":[],"Extra":1}', b'{"FaceDetails":{}}', b'{"FaceDetails":[{"Confidence":101}]}',
                 b'{"FaceDetails":[{"Landmarks":[{"Type":"thirdEye"}]}]}', b'{"FaceDetails":[{"Pose":null}]}', b"[]", b"{",
                 b'{"FaceDetails":[],"FaceDetails":[]}', b'{"FaceDetails":[{"Confidence":NaN}]}'):
        assert judge("DetectFaces", 200, body), body
    error = b'{"__type":"%s","Code":"%s","message":"m","Message":"m"}'
    assert judge("DetectFaces", 400, error % ((b"ImageTooLargeException",) * 2)) == []
    for operation, status, name in (("ListCollections", 400, b"ImageTooLargeException"), ("DetectFaces", 500, b"InternalServerError"),
                                    ("DetectFaces", 400, b"NoSuchException"), ("DetectFaces", 302, b"ThrottlingException")):
        assert judge(operation, status, error % (name, name)), name
    assert judge("DetectFaces", 400, b'{"__type":"ThrottlingException","message":"m"}')

"""Who may ask: AWS Signature Version 4 over the headers that the client names, and nothing less."""

import datetime
import hashlib
import json
import re

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from support import pictures, raw_http, sigv4

OPERATION = "DetectFaces"
BODY = json.dumps({"Image": {"Bytes": pictures.base64_of(pictures.png(pictures.blank(100, 100)))}}).encode()
MINUTES = {n: datetime.timedelta(minutes=n) for n in (-16, -14, 14, 16)}
REQUEST_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def javascript_headers(server, body: bytes, **more) -> dict[str, str]:
    """As the JavaScript SDK v3 sends them, all in lower case."""
    extra = {"amz-sdk-invocation-id": "5e2d9f5b-1b1d-4a6e-9c86-0f6ad1f8f2a1", "amz-sdk-request": "attempt=1; max=3",
             "content-length": str(len(body)), "x-amz-content-sha256": sigv4.sha256(body),
             "x-amz-user-agent": "aws-sdk-js/3.1142.0"}
    return sigv4.headers_for(server, OPERATION, body, signed=sigv4.JAVASCRIPT_SIGNED, extra=extra, **more)


def send(server, headers: dict[str, str], body: bytes = BODY) -> raw_http.Answer:
    return raw_http.exchange(server, headers, body, length="content-length" not in headers)


def refused(answer: raw_http.Answer, code: str) -> str:
    """The message of a complete, typed error."""
    assert (answer.status, answer.json["__type"]) == (400, code), answer.body
    assert answer.json["Code"] == code
    assert answer.json["message"] == answer.json["Message"] != ""
    assert re.fullmatch(REQUEST_ID, answer.headers["x-amzn-requestid"])
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    return answer.message


def test_the_signer_of_these_tests_agrees_with_botocore(server):
    headers = sigv4.headers_for(server, OPERATION, BODY)
    request = botocore.awsrequest.AWSRequest("POST", server.url + "/", headers={
        name: value for name, value in headers.items() if name not in ("host", "authorization")}, data=BODY)
    theirs = botocore.auth.SigV4Auth(botocore.credentials.Credentials(*server.keys), "rekognition", server.region)
    request.context["timestamp"] = headers["x-amz-date"]
    signature = theirs.signature(theirs.string_to_sign(request, theirs.canonical_request(request)), request)
    assert headers["authorization"].endswith("Signature=" + signature)


def test_boto3s_headers(server):
    assert send(server, sigv4.headers_for(server, OPERATION, BODY)).status == 200


def test_the_javascript_sdks_headers(server):
    assert send(server, javascript_headers(server, BODY)).status == 200


@pytest.mark.parametrize("signed", [
    ("content-type", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-target"),
    ("host", "x-amz-date", "x-amz-target"),
    ("accept", "content-type", "host", "user-agent", "x-amz-date", "x-amz-target", "x-custom"),
], ids=";".join)
def test_other_sets_of_signed_headers(server, signed):
    offered = {"accept": "*/*", "user-agent": "any/1.0", "x-custom": "a  b   c",
               "x-amz-content-sha256": sigv4.sha256(BODY)}
    extra = {name: value for name, value in offered.items() if name in signed}
    assert send(server, sigv4.headers_for(server, OPERATION, BODY, signed=signed, extra=extra)).status == 200


def test_header_names_in_any_case(server):
    headers = sigv4.headers_for(server, OPERATION, BODY)
    for change in (str.upper, str.title, str.lower):
        assert send(server, {change(name): value for name, value in headers.items()}).status == 200


def test_authorization_without_spaces(server):
    headers = sigv4.headers_for(server, OPERATION, BODY)
    headers["authorization"] = headers["authorization"].replace(", ", ",")
    assert send(server, headers).status == 200


def test_white_space_in_values_does_not_count(server):
    headers = sigv4.headers_for(server, OPERATION, BODY, extra={"x-amz-user-agent": "a b"},
                                signed=(*sigv4.BOTO_SIGNED, "x-amz-user-agent"))
    headers["x-amz-user-agent"] = "   a     b  "
    assert send(server, headers).status == 200


def test_without_authorization(server):
    headers = sigv4.headers_for(server, OPERATION, BODY)
    del headers["authorization"]
    refused(send(server, headers), "MissingAuthenticationTokenException")
    refused(send(server, {"host": headers["host"]}, b"{}"), "MissingAuthenticationTokenException")


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[" * 10000])
def test_strangers_learn_nothing_of_their_bodies(server, body):
    headers = {"host": "x", "x-amz-target": "RekognitionService.DetectFaces",
               "content-type": "application/x-amz-json-1.1"}
    refused(send(server, headers, body), "MissingAuthenticationTokenException")


def test_unknown_access_key(server):
    answer = send(server, sigv4.headers_for(server, OPERATION, BODY, keys=("AKIAIOSFODNN7EXAMPLE", server.keys[1])))
    assert refused(answer, "UnrecognizedClientException") == "The security token included in the request is invalid."


@pytest.mark.parametrize("change", [str.lower, lambda key: key[:-1], lambda key: key + "A"],
                         ids=["lower case", "shorter", "longer"])
def test_almost_the_access_key(server, change):
    keys = (change(server.keys[0]), server.keys[1])
    refused(send(server, sigv4.headers_for(server, OPERATION, BODY, keys=keys)), "UnrecognizedClientException")


@pytest.mark.parametrize("secret", ["", "x", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"])
def test_wrong_secret(server, secret):
    answer = send(server, sigv4.headers_for(server, OPERATION, BODY, keys=(server.keys[0], secret)))
    assert refused(answer, "InvalidSignatureException").startswith(
        "The request signature we calculated does not match the signature you provided.")


def test_the_secret_is_in_no_answer(server):
    for keys in ((server.keys[0], "x"), ("AKIAIOSFODNN7EXAMPLE", server.keys[1])):
        assert server.keys[1].encode() not in send(server, sigv4.headers_for(server, OPERATION, BODY, keys=keys)).body


@pytest.mark.parametrize(("name", "value"), [
    ("x-amz-target", "RekognitionService.CompareFaces"), ("content-type", "application/json"), ("host", "example.com"),
])
def test_a_tampered_header(server, name, value):
    headers = sigv4.headers_for(server, OPERATION, BODY)
    headers[name] = value
    refused(send(server, headers), "InvalidSignatureException")


def test_a_tampered_signed_extra_header(server):
    headers = javascript_headers(server, BODY)
    headers["amz-sdk-request"] = "attempt=2; max=3"
    refused(send(server, headers), "InvalidSignatureException")


def test_a_replay_with_a_tampered_body(server):
    other = BODY.replace(b"}", b" }", 1)
    assert len(other) == len(BODY) + 1
    refused(send(server, sigv4.headers_for(server, OPERATION, BODY), other), "InvalidSignatureException")


def test_a_replay_with_a_tampered_body_under_a_signed_hash(server):
    """x-amz-content-sha256 is the hash of the old body and signed as such: the body itself must be hashed."""
    other = BODY.replace(b'"Image"', b'"image"')
    assert len(other) == len(BODY)
    refused(send(server, javascript_headers(server, BODY), other), "InvalidSignatureException")


UNSIGNED = {"payload_hash": "UNSIGNED-PAYLOAD", "extra": {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"},
            "signed": ("content-type", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-target")}


def test_an_unsigned_payload(server):
    """The client says that its signature does not cover the body: any body will do, and nothing else may change."""
    headers = sigv4.headers_for(server, OPERATION, BODY, **UNSIGNED)
    assert send(server, headers).status == 200
    assert send(server, headers, BODY.replace(b"}", b" }", 1)).status == 200
    refused(send(server, headers | {"x-amz-target": "RekognitionService.CompareFaces"}), "InvalidSignatureException")


def test_an_unsigned_payload_must_be_claimed_and_signed(server):
    """Otherwise whoever alters a body on its way would only have to say that it was not signed."""
    covered = sigv4.headers_for(server, OPERATION, BODY)
    refused(send(server, covered | {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}), "InvalidSignatureException")
    silent = sigv4.headers_for(server, OPERATION, BODY, payload_hash="UNSIGNED-PAYLOAD")
    refused(send(server, silent), "InvalidSignatureException")


@pytest.mark.parametrize("claimed", ["unsigned-payload", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", hashlib.sha256(b"").hexdigest(),
                                     "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"])
def test_a_body_that_was_not_signed(server, claimed):
    headers = sigv4.headers_for(server, OPERATION, BODY, payload_hash=claimed, extra={"x-amz-content-sha256": claimed},
                                signed=("content-type", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-target"))
    refused(send(server, headers), "InvalidSignatureException")


@pytest.mark.parametrize("minutes", [-14, 14])
def test_clocks_may_differ_by_14_minutes(server, minutes):
    headers = sigv4.headers_for(server, OPERATION, BODY, date=sigv4.timestamp(MINUTES[minutes]))
    assert send(server, headers).status == 200


@pytest.mark.parametrize(("minutes", "message"), [(-16, "Signature expired"), (16, "Signature not yet current")])
def test_clocks_may_not_differ_by_16_minutes(server, minutes, message):
    answer = send(server, sigv4.headers_for(server, OPERATION, BODY, date=sigv4.timestamp(MINUTES[minutes])))
    assert refused(answer, "InvalidSignatureException").startswith(message)


def test_a_new_date_on_an_old_signature(server):
    headers = sigv4.headers_for(server, OPERATION, BODY, date=sigv4.timestamp(MINUTES[-16]))
    headers["x-amz-date"] = sigv4.timestamp()
    refused(send(server, headers), "InvalidSignatureException")


@pytest.mark.parametrize("scope", [{"region": "eu-west-1"}, {"service": "s3"}, {"terminator": "aws4"},
                                   {"scope_date": "20200101"}, {"region": ""}], ids=str)
def test_a_signature_for_another_scope(server, scope):
    refused(send(server, sigv4.headers_for(server, OPERATION, BODY, **scope)), "InvalidSignatureException")


@pytest.mark.parametrize("missing", ["host", "x-amz-date", "x-amz-target"])
def test_headers_that_must_be_signed(server, missing):
    """Without them a captured request could be sent elsewhere, later, or as another operation."""
    signed = tuple(name for name in sigv4.BOTO_SIGNED if name != missing)
    answer = send(server, sigv4.headers_for(server, OPERATION, BODY, signed=signed))
    assert answer.status == 400 and answer.code in ("InvalidSignatureException", "IncompleteSignatureException")


def test_a_signed_header_that_is_not_there(server):
    headers = sigv4.headers_for(server, OPERATION, BODY, signed=(*sigv4.BOTO_SIGNED, "x-amz-user-agent"))
    answer = send(server, headers)
    assert answer.status == 400 and answer.code in ("InvalidSignatureException", "IncompleteSignatureException")


def test_a_header_said_twice(server):
    """Which of the two was signed? Neither is believed."""
    headers = sigv4.headers_for(server, OPERATION, BODY)
    for second in ("x-amz-target: RekognitionService.CompareFaces", "x-amz-date: 20200101T000000Z"):
        lines = [f"{name}: {value}" for name, value in headers.items()] + [second, f"content-length: {len(BODY)}"]
        answer = raw_http.send_bytes(server, "\r\n".join(["POST / HTTP/1.1", *lines, "", ""]).encode() + BODY)
        assert answer.status == 400, answer.body


GOOD = ("AWS4-HMAC-SHA256 Credential={key}/{day}/us-east-1/rekognition/aws4_request, SignedHeaders=host;x-amz-date, "
        "Signature=" + "0" * 64)


@pytest.mark.parametrize("value", [
    "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 nonsense",
    GOOD.replace(", Signature=" + "0" * 64, ""), GOOD.replace("SignedHeaders=host;x-amz-date, ", ""),
    "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=" + "0" * 64,
    GOOD.replace("/us-east-1", ""), GOOD.replace("/aws4_request", "/aws4_request/more"),
    GOOD.replace("SignedHeaders=host;x-amz-date", "SignedHeaders="),
], ids=range(9))
def test_malformed_authorization(server, value):
    headers = sigv4.headers_for(server, OPERATION, BODY)
    headers["authorization"] = value.format(key=server.keys[0], day=headers["x-amz-date"][:8])
    refused(send(server, headers), "IncompleteSignatureException")


@pytest.mark.parametrize("value", [
    "", "Bearer abc", "Basic dXNlcjpwYXNz", "AWS AKIA:abc", "AWS4-HMAC-SHA1 Credential=x", "\xff\xfe", "A" * 4000,
    ", , , =,=,", GOOD.replace("0" * 64, "é" * 64),
], ids=range(9))
def test_other_authorization(server, value):
    headers = sigv4.headers_for(server, OPERATION, BODY)
    headers["authorization"] = value.format(key=server.keys[0], day=headers["x-amz-date"][:8])
    answer = send(server, headers)
    assert answer.status == 400
    assert answer.code in ("IncompleteSignatureException", "MissingAuthenticationTokenException",
                           "InvalidSignatureException", "UnrecognizedClientException")


@pytest.mark.parametrize("date", ["", "yesterday", "20260101", "2026-01-01T00:00:00Z", "20261341T256199Z", "9" * 400])
def test_malformed_dates(server, date):
    headers = sigv4.headers_for(server, OPERATION, BODY)
    headers["x-amz-date"] = date
    answer = send(server, headers)
    assert answer.status == 400 and answer.code in ("IncompleteSignatureException", "InvalidSignatureException")


def test_without_a_date(server):
    headers = sigv4.headers_for(server, OPERATION, BODY)
    del headers["x-amz-date"]
    answer = send(server, headers)
    assert answer.status == 400 and answer.code in ("IncompleteSignatureException", "InvalidSignatureException")


def test_each_request_of_a_connection_is_checked(server):
    """Who was let in once is not let in for ever."""
    good = sigv4.headers_for(server, OPERATION, BODY)
    unsigned = {name: value for name, value in good.items() if name != "authorization"}
    wrong = sigv4.headers_for(server, OPERATION, BODY, keys=(server.keys[0], "wrong"))
    with raw_http.Connection(server) as connection:
        statuses = []
        for headers in (good, unsigned, good, wrong, good):
            connection.send_request(headers, BODY)
            statuses.append(connection.read().status)
    assert statuses == [200, 400, 200, 400, 200]


def test_boto3_sees_typed_errors(server):
    client = server.client(keys=(server.keys[0], "wrong"))
    with pytest.raises(client.exceptions.ClientError) as raised:
        client.detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")})
    assert raised.value.response["Error"]["Code"] == "InvalidSignatureException"


def test_request_ids_differ(server):
    ids = {raw_http.call(server, "ListCollections", {}).headers["x-amzn-requestid"] for _ in range(20)}
    assert len(ids) == 20 and all(re.fullmatch(REQUEST_ID, one) for one in ids)

"""Requests whose signature is in the query, and each way of getting that wrong."""

import datetime
import json
import urllib.parse

import pytest
from botocore.auth import S3SigV4QueryAuth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from support import pictures, raw_http, sigv4
from test_auth import refused

BODY = json.dumps({"Image": {"Bytes": pictures.base64_of(pictures.png(pictures.blank(100, 100)))}}).encode()
UNSIGNED = "UNSIGNED-PAYLOAD"


def headers_of(server, **more: str) -> dict[str, str]:
    return {"host": f"{server.host}:{server.port}", "content-type": "application/x-amz-json-1.1",
            "x-amz-target": "RekognitionService.DetectFaces"} | more


def presign(server, payload_hash: str = UNSIGNED, *, keys=None, headers=None, expires: str = "900",
            change: dict | None = None, method: str = "POST", **signer) -> str:
    maker = sigv4.Signer(keys or server.keys, **({"region": server.region} | signer))
    return maker.presigned(headers or headers_of(server), payload_hash, expires=expires, method=method,
                           **(change or {}))


def send(server, target: str, body: bytes = BODY, headers=None, method: str = "POST") -> raw_http.Answer:
    return raw_http.exchange(server, headers or headers_of(server), body, path=target, method=method)


def ago(**span) -> str:
    return sigv4.timestamp(-datetime.timedelta(**span))


def test_a_url_made_before_its_body(server):
    target = presign(server)
    assert send(server, target).status == 200
    assert send(server, target, BODY.replace(b"}", b" }", 1)).status == 200, "the body is not covered"


def test_a_url_over_its_body(server):
    target = presign(server, sigv4.sha256(BODY))
    assert send(server, target).status == 200
    refused(send(server, target, BODY.replace(b"}", b" }", 1)), "InvalidSignatureException")


@pytest.mark.parametrize("where", ["header", "query"])
@pytest.mark.parametrize("covered", [True, False])
def test_a_claim_about_the_body(server, where, covered):
    claim = sigv4.sha256(BODY) if covered else UNSIGNED
    headers = headers_of(server, **({"x-amz-content-sha256": claim} if where == "header" else {}))
    target = presign(server, claim, headers=headers, change={"Content-Sha256": claim} if where == "query" else {})
    assert send(server, target, headers=headers).status == 200
    other = send(server, target, BODY.replace(b"}", b" }", 1), headers=headers)
    assert other.status == (400 if covered else 200)


@pytest.mark.parametrize("signer", [SigV4QueryAuth, S3SigV4QueryAuth])
def test_botocores_urls(server, signer):
    """Its query signer puts a body into the query, so the body's hash is given as the header that says it."""
    headers = headers_of(server) | ({} if signer is S3SigV4QueryAuth else {"x-amz-content-sha256": sigv4.sha256(BODY)})
    request = AWSRequest("POST", server.url + "/", headers={n: v for n, v in headers.items() if n != "host"})
    signer(Credentials(*server.keys), "rekognition", server.region, 60).add_auth(request)
    target = request.url.removeprefix(server.url)
    assert send(server, target, headers=headers).status == 200


@pytest.mark.parametrize("expires", ["1", "604800"])
def test_lifetimes(server, expires):
    date = sigv4.timestamp(datetime.timedelta(minutes=5))
    assert send(server, presign(server, expires=expires, date=date)).status == 200


@pytest.mark.parametrize("expires", ["0", "-1", "604801", "1.5", "ten", "99999999999999999999"])
def test_lifetimes_that_cannot_be(server, expires):
    assert "604800" in refused(send(server, presign(server, expires=expires)), "IncompleteSignatureException")


def test_longer_than_a_header_and_not_for_ever(server):
    assert send(server, presign(server, date=ago(hours=2), expires="86400")).status == 200
    message = refused(send(server, presign(server, date=ago(hours=2), expires="3600")), "InvalidSignatureException")
    assert message.startswith("Signature expired") and "3600 sec." in message


def test_of_the_future(server):
    target = presign(server, date=sigv4.timestamp(datetime.timedelta(minutes=16)))
    assert refused(send(server, target), "InvalidSignatureException").startswith("Signature not yet current")


@pytest.mark.parametrize("name", ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders"])
@pytest.mark.parametrize("instead", [None, ""])
def test_each_parameter_is_needed(server, name, instead):
    message = refused(send(server, presign(server, change={name: instead})), "IncompleteSignatureException")
    assert f"X-Amz-{name}" in message


def test_without_a_signature(server):
    target = presign(server).partition("&X-Amz-Signature")[0]
    assert "X-Amz-Signature" in refused(send(server, target), "IncompleteSignatureException")
    refused(send(server, target + "&X-Amz-Signature="), "IncompleteSignatureException")
    refused(send(server, "/?a=b"), "MissingAuthenticationTokenException")


@pytest.mark.parametrize("name", ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"])
def test_a_parameter_said_twice(server, name):
    target = presign(server)
    value = urllib.parse.parse_qs(target.partition("?")[2])[f"X-Amz-{name}"][0]
    refused(send(server, f"{target}&X-Amz-{name}={urllib.parse.quote(value, safe='')}"),
            "IncompleteSignatureException")


@pytest.mark.parametrize("change", [
    {"Algorithm": "AWS4-HMAC-SHA1"}, {"Algorithm": "AWS4-ECDSA-P256-SHA256"}, {"Credential": "AKID"},
    {"Date": "yesterday"}, {"SignedHeaders": "content-type;x-amz-target"}, {"SignedHeaders": ";"},
    {"SignedHeaders": "host;host;content-type;x-amz-target"},
], ids=str)
def test_malformed_parameters(server, change):
    refused(send(server, presign(server, change=change)), "IncompleteSignatureException")


@pytest.mark.parametrize("scope", [{"region": "eu-west-1"}, {"service": "s3"}, {"terminator": "aws4"},
                                   {"scope_date": "20200101"}], ids=str)
def test_for_another_scope(server, scope):
    refused(send(server, presign(server, **scope)), "InvalidSignatureException")


def test_unknown_keys_and_wrong_secrets(server):
    unknown = presign(server, keys=("AKIAIOSFODNN7EXAMPLE", server.keys[1]))
    assert refused(send(server, unknown),
                   "UnrecognizedClientException") == "The security token included in the request is invalid."
    refused(send(server, presign(server, keys=(server.keys[0], "wrong"))), "InvalidSignatureException")
    refused(send(server, presign(server, keys=(*server.keys, "a-token"))), "UnrecognizedClientException")


@pytest.mark.parametrize(("old", "new"), [
    ("X-Amz-Expires=900", "X-Amz-Expires=901"), ("/?", "/?a=b&"), ("/?", "/x?"),
    ("X-Amz-Signature=", "X-Amz-Signature=0"),
])
def test_a_tampered_url(server, old, new):
    target = presign(server)
    assert old in target
    refused(send(server, target.replace(old, new)), "InvalidSignatureException")


def test_a_tampered_request(server):
    target = presign(server)
    refused(send(server, target, method="PUT"), "InvalidSignatureException")
    refused(send(server, target, headers=headers_of(server) | {"x-amz-target": "RekognitionService.CompareFaces"}),
            "InvalidSignatureException")
    refused(send(server, target, headers=headers_of(server) | {"x-amz-user-agent": "me"}), "InvalidSignatureException")


def test_not_both_forms(server):
    headers = sigv4.headers_for(server, "DetectFaces", BODY)
    refused(send(server, presign(server), headers=headers), "IncompleteSignatureException")
    refused(send(server, "/?X-Amz-Signature=00", headers=headers), "IncompleteSignatureException")


def test_the_operation_must_be_signed(server):
    """A URL that names no operation would be good for each of them."""
    headers = {name: value for name, value in headers_of(server).items() if name != "x-amz-target"}
    target = presign(server, headers=headers)
    refused(send(server, target), "InvalidSignatureException")
    answer = send(server, target, headers=headers)
    assert (answer.status, answer.code) == (400, "UnknownOperationException")
